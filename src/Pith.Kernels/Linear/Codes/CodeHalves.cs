using System.Runtime.Intrinsics;

namespace Pith.Kernels.Linear;

/// <summary>Sixteen decoded columns.</summary>
/// <param name="Even">The first and the third four of them.</param>
/// <param name="Odd">The second and the fourth.</param>
internal readonly record struct CodeHalves(Vector256<float> Even, Vector256<float> Odd);
