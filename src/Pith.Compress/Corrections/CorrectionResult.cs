using Pith.Core.Plans;

namespace Pith.Compress.Corrections;

/// <summary>What a low-rank correction does to the output of one weight.</summary>
/// <remarks>Errors are relative: ‖X·(Ŵ − W)ᵀ‖ / ‖X·Wᵀ‖ over the calibration inputs. With the full second moment of the inputs this is exact;
/// with their mean squares alone, as if they were uncorrelated; with nothing, as if they were also equally large.</remarks>
/// <param name="Method">How the factors were found.</param>
/// <param name="Rank">Columns of A and rows of B.</param>
/// <param name="OutputErrorBefore">Of the rounded weight alone.</param>
/// <param name="OutputErrorAfter">Of the rounded weight with its correction, the factors rounded as they are stored.</param>
public sealed record CorrectionResult(LowRankMethod Method, int Rank, double OutputErrorBefore, double OutputErrorAfter);
