using System.Globalization;

namespace Pith.Kernels.Formats;

/// <summary>A row to be encoded holds a NaN or an infinity and the format cannot say so.</summary>
/// <remarks>Callers that know the tensor's name turn it into a coded error.</remarks>
public sealed class NonFiniteException : ArithmeticException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="index">Index in the row.</param>
    /// <param name="value">What was found there.</param>
    public NonFiniteException(int index, float value)
        : base(string.Create(CultureInfo.InvariantCulture, $"expected a finite number, found {value} at index {index} of the row"))
    {
        Index = index;
        Value = value;
    }

    /// <summary>Index in the row.</summary>
    public int Index { get; }

    /// <summary>What was found there.</summary>
    public float Value { get; }

    /// <summary>Throws if a row holds a NaN or an infinity, naming the first.</summary>
    internal static void ThrowIfAny(ReadOnlySpan<float> row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (!float.IsFinite(row[i]))
                throw new NonFiniteException(i, row[i]);
        }
    }
}
