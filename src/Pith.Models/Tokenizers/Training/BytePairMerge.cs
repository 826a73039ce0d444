using System.Runtime.InteropServices;

namespace Pith.Models.Tokenizers.Training;

/// <summary>One merge of a byte-level BPE vocabulary.</summary>
/// <param name="Left">Id of the left token.</param>
/// <param name="Right">Id of the right token.</param>
/// <param name="Result">Id of the token whose bytes are those of both; several merges may make the same token.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BytePairMerge(int Left, int Right, int Result);
