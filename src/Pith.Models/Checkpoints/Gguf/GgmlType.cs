using Pith.Core.Formats;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>A tensor type of ggml.</summary>
/// <param name="Id">Its number in files.</param>
/// <param name="Name">Its name: <c>Q4_K</c>.</param>
/// <param name="BlockValues">Numbers in a block; 1 for plain types.</param>
/// <param name="BlockBytes">Bytes of a block.</param>
/// <param name="Plain">The element type of a plain type.</param>
/// <param name="Format">The number format of a block type.</param>
internal sealed record GgmlType(int Id, string Name, int BlockValues, int BlockBytes, TensorType? Plain, NumberFormat? Format)
{
    private const int Mxfp4Id = 39;

    /// <summary>The types that are read. Source: the enumeration ggml_type of github ggml-org/ggml.</summary>
    public static readonly IReadOnlyList<GgmlType> All =
    [
        OfPlain(0, "F32", TensorType.F32), OfPlain(1, "F16", TensorType.F16), OfPlain(30, "BF16", TensorType.BF16), OfPlain(28, "F64", TensorType.F64),
        OfPlain(24, "I8", TensorType.I8), OfPlain(25, "I16", TensorType.I16), OfPlain(26, "I32", TensorType.I32), OfPlain(27, "I64", TensorType.I64),
        OfBlocks(8, "Q8_0", "q8_0"), OfBlocks(2, "Q4_0", "q4_0"), OfBlocks(3, "Q4_1", "q4_1"), OfBlocks(6, "Q5_0", "q5_0"), OfBlocks(7, "Q5_1", "q5_1"),
        OfBlocks(10, "Q2_K", "q2_k"), OfBlocks(11, "Q3_K", "q3_k"), OfBlocks(12, "Q4_K", "q4_k"), OfBlocks(13, "Q5_K", "q5_k"), OfBlocks(14, "Q6_K", "q6_k"),
        OfBlocks(20, "IQ4_NL", "iq4_nl"), OfBlocks(23, "IQ4_XS", "iq4_xs"), OfBlocks(Mxfp4Id, "MXFP4", "mxfp4:32"),
    ];

    private static readonly Dictionary<int, string> Others = new()
    {
        [4] = "Q4_2", [5] = "Q4_3", [9] = "Q8_1", [15] = "Q8_K", [16] = "IQ2_XXS", [17] = "IQ2_XS", [18] = "IQ3_XXS", [19] = "IQ1_S", [21] = "IQ3_S",
        [22] = "IQ2_S", [29] = "IQ1_M", [31] = "Q4_0_4_4", [32] = "Q4_0_4_8", [33] = "Q4_0_8_8", [34] = "TQ1_0", [35] = "TQ2_0", [40] = "NVFP4",
        [41] = "Q1_0", [42] = "Q2_0",
    };

    /// <summary>Whether blocks are laid out as ggml's MXFP4, which differs from <c>mxfp4:32</c>.</summary>
    public bool IsMxfp4 => Id == Mxfp4Id;

    /// <summary>The type with a number; null when it is not read.</summary>
    public static GgmlType? Find(uint id) => All.FirstOrDefault(type => type.Id == id);

    /// <summary>What a number stands for, for messages.</summary>
    public static string NameOf(uint id) => id <= int.MaxValue && Others.TryGetValue((int)id, out var name) ? name : $"type {id}";

    private static GgmlType OfPlain(int id, string name, TensorType type) => new(id, name, 1, type.Bytes(), type, null);

    private static GgmlType OfBlocks(int id, string name, string format)
    {
        var parsed = NumberFormat.Parse(format);
        return new GgmlType(id, name, parsed.BlockSize, ((parsed.BlockSize * parsed.ElementBits) + parsed.ScaleBits) / 8, null, parsed);
    }
}
