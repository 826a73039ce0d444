using System.CommandLine;
using System.Globalization;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Reports;
using Pith.Kernels.Formats;

namespace Pith.Cli.Verbs;

/// <summary><c>pith format show</c>: everything about a format, with an example block.</summary>
internal static class FormatShowVerb
{
    private const int MostValuesShown = 64;

    public static Command Create()
    {
        var format = FormatVerb.FormatArgument();
        var block = new Option<string>("--block")
        {
            Description = "Numbers to encode step by step, at most a block.",
            HelpName = "NUMBERS",
            DefaultValueFactory = _ => "0.9 -0.35 0.11 0.02 -1.3 0.6 0.25 -0.004",
        };
        return new Verb(
            "show",
            "Shows all of a number format: its bits, its values, its rules, and how a block is encoded.",
            (context, _) => Execute(context, NumberFormat.Parse(context.Get(format)), context.Get(block)),
            "pith format show mxfp4:32",
            "pith format show bfp4:16@compat --block \"1.0 0.9 -0.5 0.26 0.124\"")
        {
            format,
            block,
        };
    }

    private static ExitCode Execute(VerbContext context, NumberFormat format, string block)
    {
        var explanation = new FormatExplanation(format);
        var text = NumberText.Parse(block.Replace('\n', ' '), "--block");
        float[] numbers = text.Rows is [{ Length: > 0 } row] ? row : throw new PithException(CliErrors.Usage, "--block: expected numbers, found none");
        if (format.BlockSize > 0)
            numbers = numbers[..Math.Min(numbers.Length, format.BlockSize)];
        var example = explanation.HasSteps ? Explain(explanation, numbers, text) : null;
        var document = new
        {
            Format = format.ToString(),
            Facts = explanation.Facts.ToDictionary(fact => fact.Name, fact => fact.Text),
            explanation.Elements,
            Example = example,
        };
        context.Output.Result(document, writer => Write(writer, explanation, example));
        return ExitCode.Ok;
    }

    private static BlockExplanation Explain(FormatExplanation explanation, float[] numbers, NumberText text)
    {
        try
        {
            return explanation.Explain(numbers);
        }
        catch (NonFiniteException exception)
        {
            throw FormatRoundVerb.NotFinite(explanation.Format, text.Place(0, exception.Index), exception);
        }
    }

    private static void Write(TextWriter writer, FormatExplanation explanation, BlockExplanation? example)
    {
        writer.WriteLine(explanation.Format);
        writer.WriteLine();
        writer.Write(TextRenderer.Render(new FactList([.. explanation.Facts.Select(fact => KeyValuePair.Create(fact.Name, fact.Text))])));
        var values = explanation.Elements.Select(element => element.Value).Where(value => double.IsFinite(value) && value >= 0).Distinct().Order().ToList();
        if (values.Count > 0)
        {
            var shown = values.Count <= MostValuesShown
                ? values.Select(Number)
                : values.Take(MostValuesShown / 2).Select(Number).Append("…").Concat(values.TakeLast(MostValuesShown / 2).Select(Number));
            writer.WriteLine();
            writer.Write(TextRenderer.Render(new Paragraph($"Values of an element, and their negatives: {string.Join(' ', shown)}")));
        }

        if (example is null)
            return;
        writer.WriteLine();
        var scale = example.ScaleCode is { } code
            ? $"the largest magnitude is {Number(example.Largest)}, so the scale code is {code} and an element counts {Number(example.Scale)}"
            : $"an element counts {Number(example.Scale)}";
        var tensor = explanation.Format.HasTensorParameter
            ? $" (the tensor's own parameter is {Number(example.TensorParameter)})"
            : "";
        var table = new Table(
            $"A block, step by step: {scale}{tensor}.",
            TableColumn.OfText("number"), TableColumn.OfText("in units"), TableColumn.OfText("code"), TableColumn.OfText("element"), TableColumn.OfText("decoded"));
        foreach (var step in example.Elements)
            table.Add(NumberText.Write(step.Value), step.InUnits.ToString("G5", CultureInfo.InvariantCulture), step.Bits, Number(step.Element), NumberText.Write(step.Rounded));
        writer.Write(TextRenderer.Render(table));
    }

    private static string Number(double value) => value.ToString("G9", CultureInfo.InvariantCulture).Replace('E', 'e');
}
