using Pith.Core.Sites;

namespace Pith.Models.Llama;

/// <summary>Looks at an operand of a matrix product before it is rounded: calibration and statistics are made of this.</summary>
/// <remarks>The left operands of all sites but <c>attn.av</c> (the probabilities are never in memory as a whole), K at <c>attn.qk</c>
/// and V at <c>attn.av</c>. Q and K are seen after their rotation. Called by the thread which runs the session.</remarks>
/// <param name="site">The product.</param>
/// <param name="isRight">Whether it is the right operand, K or V.</param>
/// <param name="rows">[tokens, width] of a product with a weight, [tokens · heads, head size] of Q, K and V; valid during the call.</param>
/// <param name="width">Length of a row: the contraction of a product with a weight and of Q and K.</param>
public delegate void OperandObserver(Site site, bool isRight, ReadOnlySpan<float> rows, int width);
