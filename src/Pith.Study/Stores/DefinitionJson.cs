using System.Buffers;
using System.Text;
using System.Text.Json;
using Pith.Studies.Spaces;

namespace Pith.Studies.Stores;

/// <summary>The canonical JSON form of a definition: members in a fixed order, facts by name.</summary>
internal static class DefinitionJson
{
    public static string Write(StudyDefinition definition)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", definition.Kind);
            writer.WriteStartObject("facts");
            foreach (var (name, value) in definition.Facts.OrderBy(fact => fact.Key, StringComparer.Ordinal))
                writer.WriteString(name, value);
            writer.WriteEndObject();
            writer.WriteNumber("seed", definition.Seed);
            writer.WriteString("sampler", definition.Sampler);
            writer.WriteString("pruner", definition.Pruner);
            writer.WriteStartArray("objectives");
            foreach (var objective in definition.Objectives)
            {
                writer.WriteStartObject();
                writer.WriteString("name", objective.Name);
                writer.WriteBoolean("maximize", objective.Direction == Direction.Maximize);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("space");
            foreach (var parameter in definition.Space.Parameters)
                Write(writer, parameter);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads what <see cref="Write(StudyDefinition)"/> wrote.</summary>
    /// <remarks>Anything else throws one of the exceptions that <see cref="StudySnapshot.Read"/> catches.</remarks>
    public static StudyDefinition Read(string json)
    {
        var root = JsonElement.Parse(json);
        return new StudyDefinition
        {
            Kind = Text(root, "kind"),
            Facts = root.GetProperty("facts").EnumerateObject().ToDictionary(fact => fact.Name, fact => fact.Value.GetString()!),
            Seed = root.GetProperty("seed").GetInt64(),
            Sampler = Text(root, "sampler"),
            Pruner = Text(root, "pruner"),
            Objectives = [.. root.GetProperty("objectives").EnumerateArray().Select(objective => new Objective(
                Text(objective, "name"), objective.GetProperty("maximize").GetBoolean() ? Direction.Maximize : Direction.Minimize))],
            Space = new SearchSpace(root.GetProperty("space").EnumerateArray().Select(ReadParameter)),
        };
    }

    private static void Write(Utf8JsonWriter writer, Parameter parameter)
    {
        writer.WriteStartObject();
        writer.WriteString("name", parameter.Name);
        writer.WriteString("group", parameter.Group);
        switch (parameter)
        {
            case CategoricalParameter categorical:
                writer.WriteStartArray("choices");
                foreach (var choice in categorical.Choices)
                    writer.WriteStringValue(choice);
                writer.WriteEndArray();
                break;
            case NumericParameter numeric:
                writer.WriteStartArray(numeric is IntegerParameter ? "integers" : "numbers");
                writer.WriteNumberValue(numeric.Lowest);
                writer.WriteNumberValue(numeric.Highest);
                writer.WriteEndArray();
                writer.WriteBoolean("logarithmic", numeric.IsLogarithmic);
                break;
        }

        writer.WriteEndObject();
    }

    private static Parameter ReadParameter(JsonElement element)
    {
        var (name, group) = (Text(element, "name"), Text(element, "group"));
        if (element.TryGetProperty("choices", out var choices))
            return new CategoricalParameter(name, [.. choices.EnumerateArray().Select(choice => choice.GetString()!)]) { Group = group };
        var isLogarithmic = element.GetProperty("logarithmic").GetBoolean();
        if (element.TryGetProperty("integers", out var integers))
            return new IntegerParameter(name, integers[0].GetInt32(), integers[1].GetInt32()) { Group = group, IsLogarithmic = isLogarithmic };
        var numbers = element.GetProperty("numbers");
        return new NumberParameter(name, numbers[0].GetDouble(), numbers[1].GetDouble()) { Group = group, IsLogarithmic = isLogarithmic };
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
