using Pith.Kernels.Linear;
using Pith.Models.Blocks;

namespace Pith.Models.Opt;

/// <summary>What stands before and behind the blocks of an OPT model.</summary>
/// <param name="Embedding">[vocabulary, embedding].</param>
/// <param name="Positions">[context + 2, hidden].</param>
/// <param name="ProjectIn">[hidden, embedding]; null where the widths are equal.</param>
/// <param name="Norm">The last norm; null where there is none.</param>
/// <param name="ProjectOut">[embedding, hidden]; null where the widths are equal.</param>
/// <param name="Head">[vocabulary, embedding].</param>
internal sealed record OptEnds(
    float[] Embedding, float[] Positions, LinearWeight? ProjectIn, NormWeights? Norm, LinearWeight? ProjectOut, LinearWeight Head)
{
    /// <summary>Bytes of all of them.</summary>
    public long Bytes(bool isHeadTied) => (4L * (Embedding.Length + Positions.Length))
        + (ProjectIn?.Bytes ?? 0) + (Norm?.Bytes ?? 0) + (ProjectOut?.Bytes ?? 0) + (isHeadTied ? 0 : Head.Bytes);
}
