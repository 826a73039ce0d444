using System.Globalization;
using System.Runtime.Intrinsics;

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
        // Infinity and the NaNs have the bit patterns from 0x7F800000 up, sign aside.
        var i = 0;
        for (; i <= row.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var magnitudes = Vector512.LoadUnsafe(in row[i]).AsInt32() & Vector512.Create(int.MaxValue);
            if (Vector512.GreaterThanOrEqualAny(magnitudes, Vector512.Create(0x7F800000)))
                break;
        }

        for (; i < row.Length; i++)
        {
            if (!float.IsFinite(row[i]))
                throw new NonFiniteException(i, row[i]);
        }
    }
}
