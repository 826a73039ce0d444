using System.Globalization;
using Pith.Core.Reports;

namespace Pith.Compress.Ratio.Law;

/// <summary>What a scaling study found, as a report.</summary>
public static class LawReport
{
    private const int Million = 1_000_000;

    /// <summary>Makes the report.</summary>
    /// <param name="analysis">What was found.</param>
    /// <param name="options">What was measured.</param>
    /// <param name="provenance">Facts to put first, such as machine and command; null for none.</param>
    public static Report Of(LawAnalysis analysis, FamilyOptions options, FactList? provenance = null)
    {
        ArgumentNullException.ThrowIfNull(analysis);
        ArgumentNullException.ThrowIfNull(options);
        var report = new Report("Scaling law of mixed precision", Summary(analysis));
        if (provenance is not null)
            report.Add(provenance);
        report.Add(new Paragraph(
                $"Low precision is {options.Low} for the weights and the activations of a product, high precision the model as it is stored; the two products of attention stay high. "
                + $"The quantisation ratio Q_r is the share of the parameters of these products that is low. Units are found by the search \"{options.Search.Description}\" on {options.SearchTokens:N0} tokens; "
                + $"losses are those of {options.ReportTokens:N0} other tokens. Assignment granularity says what decides by itself (a layer, or a product), block size Q_b how many numbers share a scale."))
            .Add(new Heading("The two phenomena of the paper"))
            .Add(new Paragraph(
                "A pair compares two largest ratios that differ in one thing, all else being equal: the next smaller model, the other assignment granularity, the next larger block size. "
                + "\"Found\" means that a sign test gives p below 5 %; pairs share models, so that p is a threshold, not a proof."))
            .Add(Claims(analysis))
            .Add(new Heading("Largest ratio within a budget"));
        foreach (var granularity in Enum.GetValues<Granularity>())
            report.Add(SizeChart(analysis, options, granularity));
        return report.Add(Maxima(analysis))
            .Add(new Heading("Loss against ratio"))
            .Add(RatioChart(analysis, options))
            .Add(BlockChart(analysis, options))
            .Add(new Heading("Fits"))
            .Add(new Paragraph(
                "Fits are least squares on logarithms; R² is of the logarithm. Intervals are 95 %, from a bootstrap of residuals. \"Held out\" predicts every point from the others; below zero is worse than the mean. "
                + "AIC compares fits of the same points only: the two products. Budgets that hold a whole model say nothing about its largest ratio and stay out of the first law."))
            .Add(Fits(analysis, "First law: model size against the share in high precision", LawForm.Size))
            .Add(Fits(analysis, "Second law: increase of perplexity against block size", LawForm.Block))
            .Add(Fits(analysis, "Both in one product", LawForm.Exponential, LawForm.Power))
            .Add(new Paragraph("Published coefficients (arXiv 2410.06722) stand in the tables as published: other models, a thousand to a hundred thousand times larger, other texts, random search."))
            .Add(new Heading("Points"))
            .Add(Points(analysis));
    }

    private static string Summary(LawAnalysis analysis) => string.Join(
        "; ", analysis.Claims.Select(claim => $"{(claim.IsFound ? "found" : "not found")}: {claim.Claim}")) + ".";

    private static Table Claims(LawAnalysis analysis)
    {
        var table = new Table(
            "Pairs of measurements",
            TableColumn.OfText("claim"), TableColumn.OfText("found"), TableColumn.OfNumber("for", 0), TableColumn.OfNumber("against", 0), TableColumn.OfNumber("ties", 0), TableColumn.OfSignificant("p", 2));
        foreach (var claim in analysis.Claims)
            table.Add(claim.Claim, claim.IsFound ? "yes" : "no", claim.For, claim.Against, claim.Ties, claim.Probability);
        return table;
    }

    private static Chart SizeChart(LawAnalysis analysis, FamilyOptions options, Granularity granularity)
    {
        var budget = options.Budgets[options.Budgets.Count / 2];
        var series = analysis.Maxima.Where(maximum => maximum.Granularity == granularity && maximum.Budget == budget)
            .GroupBy(maximum => maximum.BlockSize)
            .Select(block => new ChartSeries(
                $"Q_b {block.Key}", [.. block.OrderBy(maximum => maximum.Parameters).Select(maximum => new ChartPoint(maximum.Parameters / (double)Million, maximum.Ratio))]));
        return new Chart(
            string.Create(CultureInfo.InvariantCulture, $"Largest ratio against model size, a decision for every {Name(granularity)}, budget {100 * budget:G3} %"),
            "One line for each block size; a ratio of 1 means that the whole model fits the budget.",
            ChartKind.Line,
            new ChartAxis("parameters (millions)", IsLogarithmic: true),
            new ChartAxis("largest ratio Q_r"),
            [.. series]);
    }

    private static Chart RatioChart(LawAnalysis analysis, FamilyOptions options)
    {
        var block = options.BlockSizes[Math.Min(1, options.BlockSizes.Count - 1)];
        var series = analysis.Points.Where(point => point.Granularity == Granularity.Matmul && point.BlockSize == block)
            .GroupBy(point => point.Model)
            .Select(model => new ChartSeries(model.Key, [.. model.OrderBy(point => point.Ratio).Select(point => new ChartPoint(point.Ratio, 100 * point.PerplexityIncrease))]));
        return new Chart(
            $"Increase of perplexity against ratio, a decision for every product, Q_b {block}",
            "One line for each model.",
            ChartKind.Line,
            new ChartAxis("ratio Q_r"),
            new ChartAxis("increase of perplexity (%)"),
            [.. series]);
    }

    private static Chart BlockChart(LawAnalysis analysis, FamilyOptions options)
    {
        var target = options.Ratios.Where(ratio => ratio < 1).DefaultIfEmpty(1).Max();
        var series = analysis.Points.Where(point => point.Granularity == Granularity.Matmul && point.Target == target)
            .GroupBy(point => point.Model)
            .Select(model => new ChartSeries(model.Key, [.. model.OrderBy(point => point.BlockSize).Select(point => new ChartPoint(point.BlockSize, 100 * point.PerplexityIncrease))]));
        return new Chart(
            string.Create(CultureInfo.InvariantCulture, $"Increase of perplexity against block size, a decision for every product, Q_r {target:G3}"),
            "One line for each model; both axes are logarithmic, so that a power is a straight line.",
            ChartKind.Line,
            new ChartAxis("block size Q_b", IsLogarithmic: true),
            new ChartAxis("increase of perplexity (%)", IsLogarithmic: true),
            [.. series]);
    }

    private static Table Maxima(LawAnalysis analysis)
    {
        var budgets = analysis.Maxima.Select(maximum => maximum.Budget).Distinct().Order().ToList();
        var table = new Table(
            "Largest ratio within a budget of Δppl; ≥ where the whole model fits",
            [
                TableColumn.OfText("model"), TableColumn.OfText("assignment granularity"), TableColumn.OfNumber("block size", 0),
                .. budgets.Select(budget => TableColumn.OfText(string.Create(CultureInfo.InvariantCulture, $"{100 * budget:G3} %"))),
            ]);
        foreach (var row in analysis.Maxima.GroupBy(maximum => (maximum.Model, maximum.Granularity, maximum.BlockSize)))
        {
            table.Add(
            [
                row.Key.Model, Name(row.Key.Granularity), row.Key.BlockSize,
                .. row.OrderBy(maximum => maximum.Budget).Select(maximum =>
                    Cell.Of(string.Create(CultureInfo.InvariantCulture, $"{(maximum.IsSaturated ? "≥ " : "")}{maximum.Ratio:F3}"))),
            ]);
        }

        return table;
    }

    private static Table Fits(LawAnalysis analysis, string caption, params LawForm[] forms)
    {
        var names = forms[0].Coefficients;
        var table = new Table(
            $"{caption}: {string.Join(" or ", forms.Select(form => form.Formula))}",
            [
                TableColumn.OfText("points of"), .. names.Select(TableColumn.OfText), TableColumn.OfNumber("R²", 3), TableColumn.OfNumber("R² held out", 3),
                TableColumn.OfNumber("AIC", 1), TableColumn.OfNumber("points", 0),
            ]);
        foreach (var fit in analysis.Fits.Where(fit => forms.Contains(fit.Form)))
        {
            var scope = forms.Length > 1 ? $"{fit.Scope}, {fit.Form.Name}" : fit.Scope;
            table.Add([scope, .. fit.Coefficients.Select(coefficient => Cell.Of(Show(coefficient))), fit.R2, fit.R2HeldOut, fit.Aic, fit.Points]);
        }

        foreach (var published in PublishedLaw.All.Where(published => forms.Contains(published.Form)))
        {
            var other = published.Form == LawForm.Block ? Math.Log(published.Other) : published.Other;
            table.Add(
                [$"published: {published.Scope}", Cell.Of(Number(published.K)), Cell.Of(Number(other)), Cell.None, Cell.None, Cell.None, Cell.None]);
        }

        return table;
    }

    private static Table Points(LawAnalysis analysis)
    {
        var table = new Table(
            "Every point",
            TableColumn.OfText("model"), TableColumn.OfText("assignment granularity"), TableColumn.OfNumber("block size", 0), TableColumn.OfNumber("ratio", 4),
            TableColumn.OfSignificant("ΔL", 4, "nats"), TableColumn.OfSignificant("Δppl", 4, "%"));
        foreach (var point in analysis.Points)
            table.Add(point.Model, Name(point.Granularity), point.BlockSize, point.Ratio, point.LossIncrease, 100 * point.PerplexityIncrease);
        return table;
    }

    private static string Show(LawCoefficient coefficient) => $"{Number(coefficient.Value)} [{Number(coefficient.Low)}, {Number(coefficient.High)}]";

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static string Name(Granularity granularity) => granularity == Granularity.Layer ? "layer" : "product";
}
