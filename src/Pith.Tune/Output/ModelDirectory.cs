using System.Text;
using System.Text.Json;
using Pith.Models.Checkpoints;
using Pith.Models.Llama;
using Pith.Tune.Llama;

namespace Pith.Tune.Output;

/// <summary>Writes a trained model as a Hugging Face directory with the record of its training.</summary>
public static class ModelDirectory
{
    /// <summary>Name of the file with the plan that a model was tuned for: the model itself is still in full precision.</summary>
    public const string PlanName = "tuning-plan.json";

    private const int CurvePoints = 100;
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes <c>config.json</c>, <c>model.safetensors</c>, the tokenizer, <c>training.json</c>, <c>README.md</c> and, if the model was
    /// tuned for a plan, <see cref="PlanName"/>; the directory appears whole or not at all.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="record">The training.</param>
    /// <param name="replace">Whether an existing directory is replaced.</param>
    public static void Write(string path, TrainingRecord record, bool replace)
    {
        ArgumentNullException.ThrowIfNull(record);
        var options = record.Options;
        // Tuning may use shorter blocks than the model's context, which is what the model keeps.
        var config = record.Start?.Config ?? options.Model;
        var weights = LlamaTensors.Expected(config).Select(tensor => new StoredWeight(tensor.Name, tensor.Shape, options.StoredAs)).ToList();
        using var writer = ModelDirectoryWriter.Create(path, config, weights, replace: replace);
        foreach (var weight in writer.InFileOrder) writer.WriteFloats(weight.Name, record.Result.Weights[weight.Name]);
        writer.CopyTokenizer(record.Tokenizer);
        writer.WriteFile("training.json", Json(json => WriteTraining(json, record)));
        if (!options.Plan.Sites.IsEmpty) writer.WriteFile(PlanName, Encoding.UTF8.GetBytes(options.Plan.ToJson()));
        writer.WriteFile("README.md", Encoding.UTF8.GetBytes(ModelCard.Write(record)));
        writer.Commit();
    }

    private static void WriteTraining(Utf8JsonWriter json, TrainingRecord record)
    {
        var options = record.Options;
        var result = record.Result;
        json.WriteString("name", record.Name);
        json.WriteNumber("parameters", TorchLlama.CountParameters(options.Model));
        json.WriteString("command", record.Command);
        json.WriteString("commit", record.Commit);
        if (record.Start is { } start)
        {
            json.WriteStartObject("start");
            json.WriteString("model", start.Path);
            json.WriteString("sha256", start.Digest);
            json.WriteNumber("validation_loss", Math.Round(record.StartingLoss!.Value, 6));
            json.WriteEndObject();
        }
        json.WriteNumber("seed", options.Seed);
        json.WriteStartObject("data");
        json.WriteString("file", record.DataPath);
        json.WriteString("note", record.DataNote);
        json.WriteString("sha256", record.Text.TextDigest);
        json.WriteNumber("bytes", record.Text.Bytes);
        json.WriteNumber("tokens", record.Text.Ids.Length);
        json.WriteNumber("training_blocks", record.Blocks.TrainingCount);
        json.WriteNumber("validation_blocks", record.Blocks.ValidationCount);
        json.WriteEndObject();
        json.WriteString("tokenizer_sha256", record.Text.TokenizerDigest);
        json.WriteStartObject("recipe");
        json.WriteNumber("tokens", (long)options.Steps * options.BatchTokens);
        json.WriteNumber("steps", options.Steps);
        json.WriteNumber("batch_tokens", options.BatchTokens);
        json.WriteNumber("context", options.Model.ContextLength);
        json.WriteNumber("batch_blocks", options.BatchBlocks);
        json.WriteNumber("micro_batch_blocks", options.MicroBatchBlocks);
        json.WriteString("optimizer", "AdamW");
        json.WriteNumber("learning_rate", options.LearningRate);
        json.WriteNumber("warmup_share", options.WarmupShare);
        json.WriteNumber("final_rate_share", options.FinalRateShare);
        json.WriteNumber("beta1", options.Beta1);
        json.WriteNumber("beta2", options.Beta2);
        json.WriteNumber("epsilon", options.AdamEpsilon);
        json.WriteNumber("weight_decay", options.WeightDecay);
        json.WriteNumber("gradient_clip", options.GradientClip);
        json.WriteEndObject();
        json.WriteString("dtype", options.Precision == MatmulPrecision.BFloat16 ? "bfloat16" : "float32");
        json.WriteNumber("threads", record.Threads);
        json.WriteNumber("seconds", Math.Round(result.Seconds, 1));
        json.WriteNumber("tokens_per_second", Math.Round(result.TokensPerSecond));
        json.WriteNumber("validation_loss", Math.Round(result.ValidationLoss, 6));
        json.WriteNumber("validation_perplexity", Math.Round(Math.Exp(result.ValidationLoss), 4));
        json.WriteNumber("validation_tokens", result.ValidationTokens);
        json.WriteStartArray("loss_curve");
        foreach (var (step, loss) in Curve(result.Losses))
        {
            json.WriteStartObject();
            json.WriteNumber("step", step);
            json.WriteNumber("tokens", (long)step * options.BatchTokens);
            json.WriteNumber("loss", Math.Round(loss, 5));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>The losses averaged over about a hundred equal stretches; the step is the last of its stretch.</summary>
    private static IEnumerable<(int Step, double Loss)> Curve(IReadOnlyList<float> losses)
    {
        var stretch = Math.Max(1, losses.Count / CurvePoints);
        for (var start = 0; start < losses.Count; start += stretch)
        {
            var end = Math.Min(start + stretch, losses.Count);
            yield return (end, losses.Skip(start).Take(end - start).Average(loss => (double)loss));
        }
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Indented))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }
}
