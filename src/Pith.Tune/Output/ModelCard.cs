using System.Globalization;
using Pith.Core.Formats;
using Pith.Models.Checkpoints;
using Pith.Tune.Llama;

namespace Pith.Tune.Output;

/// <summary>The README of a trained model.</summary>
internal static class ModelCard
{
    /// <summary>Markdown: what it is, how good it is, how to make it again.</summary>
    public static string Write(TrainingRecord record)
    {
        var (model, options, result) = (record.Options.Model, record.Options, record.Result);
        return string.Create(CultureInfo.InvariantCulture, $"""
            # {record.Name}

            A Llama-architecture language model of {TorchLlama.CountParameters(model):N0} parameters, {Origin(record)}.

            | | |
            | --- | --- |
            | width, layers, heads, MLP width | {model.HiddenSize}, {model.Layers}, {model.Heads} × {model.HeadSize}, {model.IntermediateSize} |
            | vocabulary | {model.VocabularySize:N0} tokens; id {record.Blocks.Bos} begins a text |
            | context | {(record.Start?.Config ?? model).ContextLength} tokens |
            | trained on | {(long)options.Steps * options.BatchTokens:N0} tokens, {(double)options.Steps * options.BatchBlocks / record.Blocks.TrainingCount:F2} passes |
            | validation loss | {result.ValidationLoss:F4} nats a token (perplexity {Math.Exp(result.ValidationLoss):F2}) on {result.ValidationTokens:N0} held-out tokens, the end of the text |
            | stored as | {(options.StoredAs == TensorType.BF16 ? "bfloat16" : "float32")} |
            | speed of training | {result.TokensPerSecond:N0} tokens/s on {record.Threads} threads |

            Text: {record.DataNote ?? "not described"}. File `{record.DataPath}`, SHA-256 of the plain text
            `{record.Text.TextDigest}`.

            It is a small model for measuring compression, not for use as a source of facts or advice.

            ## To make it again

                {record.Command}

            at commit {record.Commit ?? "(not recorded)"}. `training.json` holds the recipe and the loss curve. The result is the same for every number
            of threads; another CPU or torch version may round otherwise, and then the weights differ slightly.

            """);
    }

    private static string Origin(TrainingRecord record)
    {
        if (record.Start is not { } start) return "pre-trained by Pith from nothing";
        var formats = record.Options.Plan.Sites.Values
            .SelectMany(decision => new[] { decision.Weights, decision.Activations }).OfType<NumberFormat>().Distinct().Select(format => format.ToString()).Order(StringComparer.Ordinal);
        var rounded = string.Join(", ", formats) is { Length: > 0 } names
            ? $"tuned for rounding to {names}: quantize it with `--plan {ModelDirectory.PlanName}`"
            : "tuned";
        return string.Create(CultureInfo.InvariantCulture, $"{start.Path} {rounded}; validation loss before: {record.StartingLoss:F4}");
    }
}
