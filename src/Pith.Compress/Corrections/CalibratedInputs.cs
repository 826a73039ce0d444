using Pith.Core.Sites;
using Pith.Models.Calibration;

namespace Pith.Compress.Corrections;

/// <summary>What a calibration knows of the inputs of a model's weights.</summary>
/// <remarks>Keeps the input that was asked for last, for the next weight often reads the same (q, k, v; gate, up), and no other: a second moment
/// of a wide input takes a gigabyte. Not thread-safe.</remarks>
/// <param name="calibration">Null when there was none.</param>
internal sealed class CalibratedInputs(CalibrationStatistics? calibration)
{
    private Site? last;
    private KnownInputs known = KnownInputs.Nothing;

    /// <summary>What is known of a weight's input.</summary>
    /// <param name="site">A site that has a weight.</param>
    public KnownInputs this[Site site]
    {
        get
        {
            var input = SharedInputs.Of(site);
            if (calibration is not null && last != input)
            {
                known = KnownInputs.Nothing;
                known = new KnownInputs(calibration[input], calibration.HasSecondMoments ? calibration.SecondMomentOf(input) : null);
                last = input;
            }

            return known;
        }
    }
}
