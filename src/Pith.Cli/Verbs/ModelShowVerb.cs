using System.Globalization;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Core.Reports;
using Pith.Models.Bert;
using Pith.Models.Checkpoints;
using Pith.Models.Llama;

namespace Pith.Cli.Verbs;

/// <summary><c>pith model show</c>: architecture, size, storage, tokenizer and plan of a model.</summary>
internal static class ModelShowVerb
{
    private const int LabelsShown = 8;

    public static Verb Create()
    {
        var source = ModelVerb.ModelArgument();
        return new Verb(
            "show",
            "Shows what a model is: architecture, size, storage, tokenizer, plan.",
            (context, _) => Execute(context, context.Get(source)),
            "pith model show models/pith-0.45m")
        {
            source,
        };
    }

    private static ExitCode Execute(VerbContext context, string source)
    {
        using var model = ModelSource.Open(source);
        var summary = ModelSummary.Of(model);
        context.Output.Result(Document(source, summary), View(summary));
        return ExitCode.Ok;
    }

    private static object Document(string source, ModelSummary summary)
    {
        var config = summary.Config;
        var llama = config as LlamaConfig;
        var encoder = config as BertConfig;
        return new
        {
            model = source,
            summary.Kind,
            architecture = config.ModelType,
            config.Layers,
            config.HiddenSize,
            config.IntermediateSize,
            config.Heads,
            config.KvHeads,
            config.HeadSize,
            config.VocabularySize,
            config.ContextLength,
            config.NormEpsilon,
            llama?.RopeTheta,
            rope_scaling = llama?.RopeScaling.Kind,
            config.IsHeadTied,
            llama?.SlidingWindow,
            head = encoder is { Head: not EncoderHead.None } ? encoder.Head : (EncoderHead?)null,
            labels = encoder is { Labels.Count: > 0 } ? encoder.Labels : null,
            summary.Parameters,
            summary.BlockParameters,
            summary.Bytes,
            storage = summary.Storage.Select(row => new { row.Type, row.Tensors, row.Bytes }),
            summary.AverageBits,
            plan = summary.Decisions.Select(row => new { row.Weights, row.Activations, row.Sites }),
            tokenizer = summary.Tokenizer is { } tokenizer ? new { tokenizer.Kind, tokenizer.VocabularySize } : null,
        };
    }

    private static FactList View(ModelSummary summary)
    {
        var config = summary.Config;
        var facts = new List<KeyValuePair<string, string>>
        {
            new("architecture", $"{config.ModelType}, {config.Layers} layers{(config.IsHeadTied ? ", tied head" : "")}"),
            new("widths", $"hidden {Count(config.HiddenSize)}, MLP {Count(config.IntermediateSize)}, {config.Heads} heads of {config.HeadSize}, {config.KvHeads} for keys and values"),
            new("vocabulary", Count(config.VocabularySize)),
            new("context", $"{Count(config.ContextLength)} tokens{(config is LlamaConfig llama ? Rope(llama) : ", learned positions")}"),
            new("parameters", $"{Count(summary.Parameters)}, {Count(summary.BlockParameters)} of them in the blocks' matrices"),
            new("bytes", Count(summary.Bytes)),
        };
        if (config is BertConfig encoder)
            facts.Insert(1, new("head", Head(encoder)));
        foreach (var (type, tensors, bytes) in summary.Storage)
            facts.Add(new("  " + type, $"{Count(tensors)} tensors, {Count(bytes)} bytes"));
        if (summary.AverageBits is { } bits)
            facts.Add(new("bits", bits.ToString("F3", CultureInfo.InvariantCulture) + " a packed weight"));
        foreach (var (weights, activations, sites) in summary.Decisions)
            facts.Add(new("plan", $"{Count(sites)} sites: weights {weights}, activations {activations}"));
        facts.Add(new("tokenizer", summary.Tokenizer is { } tokenizer ? $"{tokenizer.Kind}, {Count(tokenizer.VocabularySize)} ids" : "none"));
        return new FactList(facts);
    }

    private static string Head(BertConfig config) => config.Head switch
    {
        EncoderHead.Sequence => $"{config.Labels.Count} labels for a text: {string.Join(", ", config.Labels.Take(LabelsShown))}{(config.Labels.Count > LabelsShown ? ", …" : "")}",
        EncoderHead.Token => $"{config.Labels.Count} labels for each token: {string.Join(", ", config.Labels.Take(LabelsShown))}{(config.Labels.Count > LabelsShown ? ", …" : "")}",
        EncoderHead.MaskedToken => "masked tokens",
        _ => config.HasPooler ? "none, pooler" : "none",
    };

    private static string Rope(LlamaConfig config)
    {
        var theta = config.RopeTheta.ToString("G6", CultureInfo.InvariantCulture);
        var scaling = config.RopeScaling.Kind == RopeScalingKind.None
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", {config.RopeScaling.Kind.ToString().ToLowerInvariant()} scaling by {config.RopeScaling.Factor}");
        var window = config.SlidingWindow is { } width ? $", window {Count(width)}" : "";
        return $", rotary base {theta}{scaling}{window}";
    }

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
