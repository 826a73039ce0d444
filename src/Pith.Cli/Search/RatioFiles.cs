using System.Globalization;
using System.Text;
using Pith.Core.Reports;
using Pith.Models;
using Pith.Models.Checkpoints.Gguf;

namespace Pith.Cli.Search;

/// <summary>The files of a search's output folder.</summary>
internal static class RatioFiles
{
    /// <summary>The plan at the budget.</summary>
    public const string Plan = "plan.json";

    /// <summary>The same as a list for llama.cpp's quantizer.</summary>
    public const string TensorTypes = "tensor-types.txt";

    /// <summary>The front as a table.</summary>
    public const string Front = "front.csv";

    /// <summary>The plan of a point of the front.</summary>
    public static string PlanOf(int index) => string.Create(CultureInfo.InvariantCulture, $"plans/{index + 1:00}.json");

    /// <summary>Writes them.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="config">The model.</param>
    /// <param name="outcome">What was found.</param>
    public static void Write(string folder, ModelConfig config, RatioOutcome outcome)
    {
        Directory.CreateDirectory(Path.Combine(folder, "plans"));
        foreach (var point in outcome.Points)
        {
            var file = Path.Combine(folder, point.PlanFile);
            File.WriteAllText(file, point.Point.Plan.ToJson());
            if (TensorTypeList.TryWrite(config, point.Point.Plan) is { } list)
                File.WriteAllText(Path.ChangeExtension(file, TensorTypes), list);
        }

        File.WriteAllText(Path.Combine(folder, Plan), outcome.Result.Chosen.Plan.ToJson());
        if (TensorTypeList.TryWrite(config, outcome.Result.Chosen.Plan) is { } chosen)
            File.WriteAllText(Path.Combine(folder, TensorTypes), chosen);
        File.WriteAllText(Path.Combine(folder, Front), Csv(outcome));
        RatioReport.Create(outcome).WriteTo(folder);
    }

    private static string Csv(RatioOutcome outcome)
    {
        var text = new StringBuilder("bits,bytes,kl,perplexity,ratio,units_off_floor,tokens_per_s,plan,is_chosen,is_knee\n");
        foreach (var (point, file, speed) in outcome.Points)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{point.Bits:R},{point.Bytes},{point.Kl:R},{point.Perplexity:R},{point.Ratio:R},{point.OffFloor},{speed:F1},{file},{(point == outcome.Result.Chosen ? 1 : 0)},{(point == outcome.Result.Knee ? 1 : 0)}\n");
        }

        return text.ToString();
    }
}
