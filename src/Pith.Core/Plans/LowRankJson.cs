using System.Text.Json;

namespace Pith.Core.Plans;

/// <summary>The member <c>low_rank</c> of a site in a plan: <c>{"rank": 32, "format": "mxint8:16", "method": "qera-diag"}</c>.</summary>
/// <remarks>Without a format the factors are 32-bit floats; without a method it is <see cref="LowRankPlan.DefaultMethod"/>.</remarks>
internal static class LowRankJson
{
    public const string Name = "low_rank";

    public static void Write(Utf8JsonWriter writer, LowRankPlan plan)
    {
        writer.WriteStartObject(Name);
        writer.WriteNumber("rank", plan.Rank);
        if (plan.Format is { } format)
            writer.WriteString("format", format.ToString());
        writer.WriteString("method", plan.Method.Text());
        writer.WriteEndObject();
    }

    /// <summary>Reads the member.</summary>
    /// <param name="value">The member's value.</param>
    /// <param name="name">What to call the document in messages.</param>
    /// <param name="where">Site and member, for messages.</param>
    /// <param name="names">Reads the format, and keeps one that is unknown for the end.</param>
    public static LowRankPlan Read(JsonElement value, string name, string where, DocumentNames names)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw PlanJson.Bad(name, $"{where}: expected an object");
        var plan = new LowRankPlan(1, format: null);
        var hasRank = false;
        foreach (var entry in value.EnumerateObject())
        {
            switch (entry.Name)
            {
                case "rank":
                    plan = new LowRankPlan(ReadRank(entry.Value, name, where), plan.Format, plan.Method);
                    hasRank = true;
                    break;
                case "format":
                    plan = new LowRankPlan(plan.Rank, names.ReadFormat(PlanJson.Text(entry.Value), $"{where}: format"), plan.Method);
                    break;
                case "method":
                    plan = new LowRankPlan(plan.Rank, plan.Format, ReadMethod(entry.Value, name, where));
                    break;
                default:
                    throw PlanJson.Bad(name, $"{where}: unknown member `{DocumentNames.Quote(entry.Name)}`; known are rank, format, method");
            }
        }

        return hasRank ? plan : throw PlanJson.Bad(name, $"{where}: expected a member `rank`");
    }

    private static int ReadRank(JsonElement value, string name, string where) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var rank) && rank >= 1
            ? rank
            : throw PlanJson.Bad(name, $"{where}: rank: expected a whole number of at least 1, found `{DocumentNames.Quote(value.GetRawText())}`");

    private static LowRankMethod ReadMethod(JsonElement value, string name, string where) =>
        value.ValueKind == JsonValueKind.String && LowRankMethods.TryParse(value.GetString(), out var method)
            ? method
            : throw PlanJson.Bad(name, $"{where}: method: expected one of {string.Join(", ", LowRankMethods.All)}, found `{DocumentNames.Quote(value.GetRawText())}`");
}
