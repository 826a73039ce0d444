namespace Pith.Models.Checkpoints.Gguf;

/// <summary>A metadata value: its type and where it lies. It is read when it is asked for.</summary>
/// <param name="Type">Its type; of an array, that of the elements.</param>
/// <param name="IsArray">Whether it is an array.</param>
/// <param name="Offset">Offset in the file of its first byte; of an array, of the first element.</param>
/// <param name="Count">Elements; 1 unless it is an array.</param>
internal readonly record struct GgufValue(GgufValueType Type, bool IsArray, long Offset, long Count)
{
    private static readonly int[] BytesByType = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

    /// <summary>Whether a number is one of the types.</summary>
    public static bool IsKnown(uint type) => type < BytesByType.Length;

    /// <summary>Bytes of a value; 0 for texts and arrays, whose length is their own.</summary>
    public static int Bytes(GgufValueType type) => BytesByType[(int)type];

    /// <summary>The type in words: <c>array of Int32</c>.</summary>
    public string Kind => IsArray ? $"array of {Type}" : Type.ToString();
}
