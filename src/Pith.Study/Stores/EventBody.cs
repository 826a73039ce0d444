using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Pith.Studies.Spaces;
using Pith.Studies.Trials;

namespace Pith.Studies.Stores;

/// <summary>The JSON bodies of journal entries, written and read.</summary>
/// <remarks>Values of an assignment stand as numbers in the order of the space: short, and ten thousand trials are read in no time. Reading anything
/// else throws one of the exceptions that <see cref="StudySnapshot.Read"/> catches.</remarks>
internal static class EventBody
{
    public static string OfAssignment(Assignment assignment) => Numbers(assignment.Values);

    public static string OfIntermediate(IntermediateValue value) => Numbers([value.Step, value.Value]);

    public static StudyEvent OfResult(int trial, TrialResult result)
    {
        var kind = result.State switch
        {
            TrialState.Done => StudyEventKind.Done,
            TrialState.Failed => StudyEventKind.Failed,
            _ => StudyEventKind.Pruned,
        };
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (kind == StudyEventKind.Done)
            {
                writer.WritePropertyName("objectives");
                writer.WriteRawValue(Numbers(result.Objectives));
            }

            if (result.Reason is { } reason)
                writer.WriteString("reason", reason);
            writer.WritePropertyName("columns");
            writer.WriteRawValue(result.ColumnsJson);
            writer.WriteEndObject();
        }

        return new StudyEvent(trial, kind, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    public static Assignment ReadAssignment(SearchSpace space, string body) => new(space, ReadNumbers(body));

    public static IntermediateValue ReadIntermediate(string body)
    {
        var numbers = ReadNumbers(body);
        return new IntermediateValue((int)numbers[0], numbers[1]);
    }

    /// <summary>The trial with its result.</summary>
    public static Trial ReadResult(Trial trial, TrialState state, string body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        return trial with
        {
            State = state,
            Objectives = state == TrialState.Done ? [.. root.GetProperty("objectives").EnumerateArray().Select(value => value.GetDouble())] : [],
            Reason = state == TrialState.Failed ? root.GetProperty("reason").GetString() : null,
            ColumnsJson = root.GetProperty("columns").GetRawText(),
        };
    }

    private static string Numbers(ImmutableArray<double> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var value in values)
                writer.WriteNumberValue(value);
            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static ImmutableArray<double> ReadNumbers(string body)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(body));
        var values = ImmutableArray.CreateBuilder<double>();
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number)
                values.Add(reader.GetDouble());
        }

        return values.ToImmutable();
    }
}
