using System.Collections.Immutable;
using Pith.Core.Plans;

namespace Pith.Compress.Ratio;

/// <summary>One allocation of a front: what it costs and what it does.</summary>
/// <param name="Choice">For each unit the index of its option.</param>
/// <param name="Plan">The same as a plan.</param>
/// <param name="Bytes">Stored bytes of what was decided about.</param>
/// <param name="Bits">Stored bits of a value, on average.</param>
/// <param name="Ratio">The quantization ratio Q_r: parameters not in high precision over all.</param>
/// <param name="Kl">Mean KL divergence from the unquantized model on the validation text, in nats a token.</param>
/// <param name="Perplexity">Perplexity on the validation text.</param>
/// <param name="OffFloor">Units that got more than the fewest bytes.</param>
public sealed record RatioPoint(
    ImmutableArray<int> Choice, Plan Plan, long Bytes, double Bits, double Ratio, double Kl, double Perplexity, int OffFloor);
