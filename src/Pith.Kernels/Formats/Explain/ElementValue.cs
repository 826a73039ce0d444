namespace Pith.Kernels.Formats;

/// <summary>A code of one element and what it stands for.</summary>
/// <param name="Code">The code.</param>
/// <param name="Bits">Its bits, fields apart, highest first: <c>0 0111 000</c>.</param>
/// <param name="Value">The value in units of the block scale; NaN or infinite for specials.</param>
public sealed record ElementValue(int Code, string Bits, double Value);
