using System.Buffers;
using System.Text;
using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Core.Sites;

namespace Pith.Core.Plans;

/// <summary>The JSON form of a plan, version 1.</summary>
/// <remarks>What is wrong with the form ends the reading at once; unknown formats are told all together at the end.</remarks>
internal static class PlanJson
{
    // A plan of 126 blocks of 9 products is about 100 kB.
    public const int LargestPlanBytes = 4 * 1024 * 1024;
    private const int DeepestNesting = 8;
    private const int LongestQuote = 80;

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
            throw Bad(name, $"unknown member `{Quote(member.Name)}`");
        var formats = new PlanFormats(name);
        var read = sites.EnumerateObject().Select(member => ReadSite(member, name, formats)).ToList();
        formats.RequireAllKnown();
        return new Plan(read);
    }

    private static KeyValuePair<Site, SitePlan> ReadSite(JsonProperty member, string name, PlanFormats formats)
    {
        if (!Site.TryParse(member.Name, out var site))
            throw Bad(name, $"`{Quote(member.Name)}` is not a site");
        if (member.Value.ValueKind != JsonValueKind.Object)
            throw Bad(name, $"{site}: expected an object");

        var decision = SitePlan.None;
        foreach (var entry in member.Value.EnumerateObject())
        {
            var where = $"{site}: {entry.Name}";
            decision = entry.Name switch
            {
                "weights" => decision with { Weights = formats.Read(entry.Value, where) },
                "activations" => decision with { Activations = formats.Read(entry.Value, where) },
                LowRankJson.Name when site.HasWeight => decision with { LowRank = LowRankJson.Read(entry.Value, name, where, formats) },
                LowRankJson.Name => throw Bad(name, $"{where}: this product has no weight to correct"),
                _ => throw Bad(name, $"{site}: unknown member `{Quote(entry.Name)}`; known are weights, activations, {LowRankJson.Name}"),
            };
        }

        return KeyValuePair.Create(site, decision);
    }

    public static string Quote(string text) => text.Length <= LongestQuote ? text : text[..LongestQuote] + "…";

    public static PithException Bad(string name, string what, Exception? inner = null) =>
        new(CoreErrors.BadPlan, $"{name}: {what}", inner: inner);
}
