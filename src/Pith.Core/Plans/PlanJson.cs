using System.Buffers;
using System.Text;
using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Core.Sites;

namespace Pith.Core.Plans;

/// <summary>The JSON form of a plan, version 1.</summary>
/// <remarks>What is wrong with the form ends the reading at once; unknown sites and formats are told all together at the end.</remarks>
internal static class PlanJson
{
    // A plan of 126 blocks of 9 products is about 100 kB.
    public const int LargestPlanBytes = 4 * 1024 * 1024;
    private const int DeepestNesting = 8;

    public static Plan Read(ReadOnlyMemory<byte> json, string name)
    {
        if (json.Length > LargestPlanBytes)
            throw Bad(name, $"expected at most {LargestPlanBytes} bytes, found more");

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = false });
            return FromRoot(document.RootElement, name);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with half a surrogate pair.
            throw Bad(name, exception.Message, exception);
        }
    }

    public static string Write(Plan plan)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", Plan.Version);
            writer.WriteStartObject("sites");
            foreach (var (site, decision) in plan.Sites)
            {
                writer.WriteStartObject(site.ToString());
                if (decision.Weights is { } weights)
                    writer.WriteString("weights", weights.ToString());
                if (decision.Activations is { } activations)
                    writer.WriteString("activations", activations.ToString());
                if (decision.LowRank is { } lowRank)
                    LowRankJson.Write(writer, lowRank);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static Plan FromRoot(JsonElement root, string name)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("version", out var version)
            || version.ValueKind != JsonValueKind.Number
            || !version.TryGetInt32(out var number)
            || number != Plan.Version)
        {
            throw Bad(name, $"expected an object with \"version\": {Plan.Version}");
        }

        if (!root.TryGetProperty("sites", out var sites) || sites.ValueKind != JsonValueKind.Object)
            throw Bad(name, "expected an object \"sites\"");
        foreach (var member in root.EnumerateObject().Where(member => member.Name is not ("version" or "sites")))
            throw Bad(name, $"unknown member `{DocumentNames.Quote(member.Name)}`");
        var names = new DocumentNames();
        var read = sites.EnumerateObject().Select(member => ReadSite(member, name, names)).ToList();
        return names.Unknown is { } unknown ? throw Bad(name, unknown) : new Plan(read);
    }

    private static KeyValuePair<Site, SitePlan> ReadSite(JsonProperty member, string name, DocumentNames names)
    {
        var site = names.ReadSite(member.Name);
        var address = DocumentNames.Quote(member.Name);
        if (member.Value.ValueKind != JsonValueKind.Object)
            throw Bad(name, $"{address}: expected an object");

        var decision = SitePlan.None;
        foreach (var entry in member.Value.EnumerateObject())
        {
            var where = $"{address}: {entry.Name}";
            decision = entry.Name switch
            {
                "weights" => decision with { Weights = names.ReadFormat(Text(entry.Value), where) },
                "activations" => decision with { Activations = names.ReadFormat(Text(entry.Value), where) },
                LowRankJson.Name when site is { HasWeight: false } => throw Bad(name, $"{where}: this product has no weight to correct"),
                LowRankJson.Name => decision with { LowRank = LowRankJson.Read(entry.Value, name, where, names) },
                _ => throw Bad(name, $"{address}: unknown member `{DocumentNames.Quote(entry.Name)}`; known are weights, activations, {LowRankJson.Name}"),
            };
        }

        return KeyValuePair.Create(site.GetValueOrDefault(), decision);
    }

    /// <summary>A value that should be text, as text.</summary>
    public static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    public static PithException Bad(string name, string what, Exception? inner = null) =>
        new(CoreErrors.BadPlan, $"{name}: {what}", inner: inner);
}
