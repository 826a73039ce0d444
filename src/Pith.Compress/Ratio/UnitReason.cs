using Pith.Compress.Ratio.Allocations;

namespace Pith.Compress.Ratio;

/// <summary>Why a unit got its option: what the step up to it took away, and what the next step would, against the rate at the budget.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Option">What it got.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Damage">Its estimated damage.</param>
/// <param name="PaidRate">Damage taken away for each byte more than the next smaller option; null at the fewest bytes.</param>
/// <param name="Next">The next larger option worth having; null where none takes damage away.</param>
/// <param name="NextRate">Damage which that would take away for each byte more.</param>
/// <param name="Text">The reason in a few words.</param>
public sealed record UnitReason(
    SearchUnit Unit, RatioOption Option, long Bytes, double Damage, double? PaidRate, RatioOption? Next, double? NextRate, string Text)
{
    /// <summary>The reasons for every unit of a result; empty where nothing was estimated.</summary>
    public static IReadOnlyList<UnitReason> Of(RatioResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return [.. result.Damages.Select((damages, unit) => Explain(result, unit, damages))];
    }

    private static UnitReason Explain(RatioResult result, int unit, IReadOnlyList<double> damages)
    {
        var space = result.Space;
        var own = result.Chosen.Choice[unit];
        var options = Enumerable.Range(0, damages.Count).Select(option => new UnitOption(space.BytesOf(unit, option), damages[option])).ToList();
        var paid = options.Where(option => option.Bytes < options[own].Bytes).Select(option => Rate(option, options[own])).DefaultIfEmpty(double.NaN).Min();
        var next = Enumerable.Range(0, options.Count)
            .Where(option => options[option].Bytes > options[own].Bytes && options[option].Damage < options[own].Damage)
            .Select(option => (Option: option, Rate: Rate(options[own], options[option])))
            .OrderByDescending(step => step.Rate).Select(step => ((int Option, double Rate)?)step).FirstOrDefault();
        return new UnitReason(
            space.Units[unit],
            space.Options[own],
            options[own].Bytes,
            options[own].Damage,
            double.IsNaN(paid) ? null : paid,
            next is { } step ? space.Options[step.Option] : null,
            next?.Rate,
            Describe(result, next?.Rate));
    }

    private static string Describe(RatioResult result, double? next) =>
        next is not { } rate ? "nothing wider helps" : rate <= result.ExchangeRate ? "next below the rate" : "next does not fit";

    private static double Rate(UnitOption less, UnitOption more) => (less.Damage - more.Damage) / (more.Bytes - less.Bytes);
}
