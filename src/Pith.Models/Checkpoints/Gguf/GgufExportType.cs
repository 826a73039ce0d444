namespace Pith.Models.Checkpoints.Gguf;

/// <summary>How the matrices of an exported GGUF file are stored.</summary>
/// <param name="Name">The name on the command line: <c>q4_k</c>.</param>
/// <param name="Tensor">The type of the matrices of the blocks.</param>
/// <param name="Ends">The type of the embedding and the output matrix, of which a model feels coarse steps most.</param>
/// <param name="Narrow">The type of matrices whose rows are no whole blocks of <paramref name="Tensor"/>; F16 where they are none of this either.</param>
/// <param name="FileType">The number which llama.cpp shows as the type of the whole file.</param>
internal sealed record GgufExportType(string Name, GgmlType Tensor, GgmlType Ends, GgmlType Narrow, int FileType)
{
    private const uint F16 = 1;
    private const uint Q50 = 6;
    private const uint Q80 = 8;
    private const uint Q6K = 14;

    /// <summary>The types which can be written. Source of the numbers: llama_ftype in include/llama.h of github ggml-org/llama.cpp.</summary>
    public static readonly IReadOnlyList<GgufExportType> All =
    [
        Of("f32", 0, 0, 0, 0), Of("f16", F16, F16, F16, 1), Of("bf16", 30, 30, 30, 32), Of("q8_0", Q80, Q80, F16, 7),
        Of("q4_0", 2, Q80, F16, 2), Of("q4_1", 3, Q80, F16, 3), Of("iq4_nl", 20, Q80, F16, 25), Of("q4_k", 12, Q6K, Q50, 14),
        Of("q6_k", Q6K, Q6K, Q80, 18), Of("mxfp4", 39, Q80, F16, 38),
    ];

    /// <summary>The type for a tensor.</summary>
    /// <param name="hubName">Its hub name.</param>
    /// <param name="shape">Its shape.</param>
    public GgmlType For(string hubName, IReadOnlyList<long> shape)
    {
        if (shape.Count < 2)
            return GgmlType.Find(0)!;
        var wanted = hubName.Contains(".layers.", StringComparison.Ordinal) ? Tensor : Ends;
        GgmlType[] candidates = [wanted, Narrow, GgmlType.Find(Q80)!];
        return Array.Find(candidates, type => shape[^1] % type.BlockValues == 0) ?? GgmlType.Find(F16)!;
    }

    private static GgufExportType Of(string name, uint tensor, uint ends, uint narrow, int fileType) =>
        new(name, GgmlType.Find(tensor)!, GgmlType.Find(ends)!, GgmlType.Find(narrow)!, fileType);
}
