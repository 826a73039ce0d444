using System.Globalization;

namespace Pith.Kernels.Measure;

/// <summary>The sizes of a product of two matrices: Y [tokens, outputs] = X [tokens, inner] · W [outputs, inner]ᵀ.</summary>
/// <param name="Tokens">Rows of X and Y, 1 … <see cref="LongestSide"/>.</param>
/// <param name="Outputs">Rows of W, columns of Y, 1 … <see cref="LongestSide"/>.</param>
/// <param name="Inner">Length of the contraction, 1 … <see cref="LongestSide"/>.</param>
public sealed record GemmShape(int Tokens, int Outputs, int Inner)
{
    /// <summary>The longest side that is measured.</summary>
    public const int LongestSide = 16384;

    /// <summary>Multiply-adds of one product.</summary>
    public long MultiplyAdds => (long)Tokens * Outputs * Inner;

    /// <summary>Reads <c>TOKENSxOUTPUTSxINNER</c>.</summary>
    /// <returns>Null when the text is no such thing, or a side is not 1 … <see cref="LongestSide"/>.</returns>
    public static GemmShape? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var sides = text.Split('x');
        var lengths = new int[3];
        if (sides.Length != lengths.Length)
            return null;
        for (var i = 0; i < lengths.Length; i++)
        {
            if (!int.TryParse(sides[i], NumberStyles.None, CultureInfo.InvariantCulture, out lengths[i]) || lengths[i] is < 1 or > LongestSide)
                return null;
        }

        return new GemmShape(lengths[0], lengths[1], lengths[2]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Tokens}x{Outputs}x{Inner}");
}
