using Pith.Core.Formats;

namespace Pith.Core.Plans;

/// <summary>What is decided for one site.</summary>
/// <param name="Weights">Format of the weight; at <c>attn.qk</c> and <c>attn.av</c> of the right operand, K or V. Null: not decided here.</param>
/// <param name="Activations">Format of the activations; at <c>attn.qk</c> and <c>attn.av</c> of the left operand, Q or P. Null: not decided here.</param>
public sealed record SitePlan(NumberFormat? Weights, NumberFormat? Activations);
