namespace Pith.Models.Checkpoints;

/// <summary>The checks which every <see cref="ITensorSource"/> makes of what a caller asks for.</summary>
internal static class TensorRange
{
    /// <summary>Checks a range of elements of a floating-point tensor; returns its bytes.</summary>
    /// <exception cref="ArgumentException">Not a floating-point tensor, or a range outside it.</exception>
    public static int Check(TensorEntry entry, long start, int count)
    {
        if (!entry.Type.IsFloat())
            throw new ArgumentException($"{entry.Name}: expected a floating-point tensor, found {entry.Type.Name()}", nameof(entry));
        if (start < 0 || start > entry.Elements - count)
            throw new ArgumentOutOfRangeException(nameof(start), start, $"{entry.Name}: expected {count} of its {entry.Elements} elements");
        return checked(count * entry.Type.Bytes());
    }

    /// <summary>Checks a range of bytes.</summary>
    /// <exception cref="ArgumentException">A range outside the tensor.</exception>
    public static void CheckBytes(TensorEntry entry, long start, int count)
    {
        if (start < 0 || start > entry.Bytes - count)
            throw new ArgumentOutOfRangeException(nameof(start), start, $"{entry.Name}: expected {count} of its {entry.Bytes} bytes");
    }

    /// <summary>The exception for a name that is not in the checkpoint.</summary>
    public static ArgumentException NoSuchTensor(string name) =>
        new($"expected a tensor of the checkpoint, found `{Names.Show(name)}`", nameof(name));
}
