using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Compress.LowRank;

/// <summary>Two thin factors whose product is added to a weight: Y = X·Wᵀ + (X·A)·B.</summary>
/// <remarks>A is [inputs, rank] and B [rank, outputs]; both are held transposed, as weights are, so that rows run along the contraction and
/// blocks of a number format lie along them. Columns are in the order of their use: the first k make the term of rank k. Immutable by
/// convention; the arrays are not copied.</remarks>
public sealed class LowRankTerm
{
    /// <summary>Puts two factors together.</summary>
    /// <param name="inputs">Inputs of the weight.</param>
    /// <param name="outputs">Outputs of the weight.</param>
    /// <param name="rank">Columns of A, ≥ 1.</param>
    /// <param name="transposedA">Aᵀ, [rank, inputs].</param>
    /// <param name="transposedB">Bᵀ, [outputs, rank].</param>
    /// <exception cref="ArgumentException">An array has another length.</exception>
    public LowRankTerm(int inputs, int outputs, int rank, float[] transposedA, float[] transposedB)
    {
        ArgumentNullException.ThrowIfNull(transposedA);
        ArgumentNullException.ThrowIfNull(transposedB);
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        if (transposedA.Length != (long)rank * inputs || transposedB.Length != (long)outputs * rank)
            throw new ArgumentException($"expected [{rank}, {inputs}] and [{outputs}, {rank}], found {transposedA.Length} and {transposedB.Length} numbers");
        (Inputs, Outputs, Rank, TransposedA, TransposedB) = (inputs, outputs, rank, transposedA, transposedB);
    }

    /// <summary>Inputs of the weight.</summary>
    public int Inputs { get; }

    /// <summary>Outputs of the weight.</summary>
    public int Outputs { get; }

    /// <summary>Columns of A, rows of B.</summary>
    public int Rank { get; }

    /// <summary>Aᵀ, [rank, inputs].</summary>
    public float[] TransposedA { get; }

    /// <summary>Bᵀ, [outputs, rank].</summary>
    public float[] TransposedB { get; }

    /// <summary>The term of a smaller rank: the first columns of A and rows of B.</summary>
    /// <param name="rank">1 … <see cref="Rank"/>.</param>
    public LowRankTerm Truncated(int rank)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, Rank);
        var b = new float[Outputs * rank];
        for (var row = 0; row < Outputs; row++)
            TransposedB.AsSpan(row * Rank, rank).CopyTo(b.AsSpan(row * rank, rank));
        return new LowRankTerm(Inputs, Outputs, rank, TransposedA[..(rank * Inputs)], b);
    }

    /// <summary>A and B rounded to a format, blocks along their contractions.</summary>
    /// <param name="format">The format.</param>
    public LowRankTerm Rounded(NumberFormat format)
    {
        var codec = FormatCodecs.For(format);
        return new LowRankTerm(Inputs, Outputs, Rank, RoundRows(codec, TransposedA, Inputs), RoundRows(codec, TransposedB, Rank));
    }

    private static float[] RoundRows(FormatCodec codec, float[] values, int columns)
    {
        var parameter = codec.Format.HasTensorParameter ? codec.TensorParameter(values.Max(MathF.Abs)) : 0;
        var rounded = new float[values.Length];
        for (var start = 0; start < values.Length; start += columns)
            codec.Round(values.AsSpan(start, columns), rounded.AsSpan(start, columns), parameter);
        return rounded;
    }
}
