using System.Buffers;
using System.Text;
using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Models.Checkpoints.Packed;

/// <summary>What the header of our container says of one packed weight: the text of <c>&lt;name&gt;.meta</c>.</summary>
/// <param name="Format">The number format; blocks run along a row.</param>
/// <param name="Rows">Outputs, ≥ 0.</param>
/// <param name="Columns">Inputs, ≥ 1.</param>
internal sealed record PackedWeightMeta(NumberFormat Format, int Rows, int Columns)
{
    /// <summary>The suffix of the entry in the header.</summary>
    public const string Suffix = ".meta";

    private const int EncoderVersion = 1;
    private const int LongestText = 4096;

    /// <summary>Bytes of all codes.</summary>
    public long CodeBytes => (long)Rows * FormatCodecs.For(Format).CodeBytes(Columns);

    /// <summary>Bytes of all scales; 0 where the format has none.</summary>
    public long ScaleBytes => (long)Rows * FormatCodecs.For(Format).ScaleBytes(Columns);

    /// <summary>The tensors which hold a weight: codes, scales, and the parameter of the whole tensor.</summary>
    /// <param name="name">The weight's plain name.</param>
    public IEnumerable<TensorEntry> Parts(string name)
    {
        var codec = FormatCodecs.For(Format);
        yield return new TensorEntry(name + ".q", TensorType.U8, [Rows, codec.CodeBytes(Columns)]);
        if (Format.HasScaleBytes)
            yield return new TensorEntry(name + ".s", TensorType.U8, [Rows, codec.ScaleBytes(Columns)]);
        if (Format.HasTensorParameter)
            yield return new TensorEntry(name + ".ts", TensorType.F32, [1]);
    }

    /// <summary>The JSON text.</summary>
    public string Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format.ToString());
            writer.WriteNumber("b", Format.ElementBits);
            writer.WriteNumber("E", Format.ExponentBits);
            writer.WriteNumber("B", Format.BlockSize);
            writer.WriteNumber("axis", 1);
            writer.WriteStartArray("shape");
            writer.WriteNumberValue(Rows);
            writer.WriteNumberValue(Columns);
            writer.WriteEndArray();
            writer.WriteString("rounding", Format.IsCompat ? "compat" : "nearest-even");
            writer.WriteString("scale_rule", Rule(Format.Rule));
            writer.WriteNumber("encoder", EncoderVersion);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads the JSON text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="where">File and entry, for messages.</param>
    /// <exception cref="PithException">It is malformed or contradicts itself (<see cref="ModelsErrors.BadPackedWeight"/>).</exception>
    public static PackedWeightMeta Read(string text, string where)
    {
        if (text.Length > LongestText)
            throw new PithException(ModelsErrors.TooLarge, $"{where}: expected at most {LongestText} characters, found {text.Length}");
        using var document = JsonFields.Parse(Encoding.UTF8.GetBytes(text), where, ModelsErrors.BadPackedWeight);
        var fields = new JsonFields(document.RootElement, where, ModelsErrors.BadPackedWeight);
        if (!NumberFormat.TryParse(fields.Text("format") ?? "", out var format) || format!.IsWide)
            throw new PithException(ModelsErrors.BadPackedWeight, $"{where}: `format`: expected a format below 16 bits, found `{Names.Show(fields.Text("format") ?? "none")}`");
        if (fields.Integers("shape") is not [>= 0 and var rows, >= 1 and var columns])
            throw new PithException(ModelsErrors.BadPackedWeight, $"{where}: `shape`: expected rows ≥ 0 and columns ≥ 1");

        // What the format implies is written for people and other readers; a file that says otherwise is not what it seems.
        Same(fields, where, "b", format.ElementBits);
        Same(fields, where, "E", format.ExponentBits);
        Same(fields, where, "B", format.BlockSize);
        Same(fields, where, "axis", 1);
        Same(fields, where, "encoder", EncoderVersion);
        return new PackedWeightMeta(format, rows, columns);
    }

    private static void Same(JsonFields fields, string where, string name, int expected)
    {
        if (fields.Integer(name, expected, int.MinValue, int.MaxValue) is var found && found != expected)
            throw new PithException(ModelsErrors.BadPackedWeight, $"{where}: `{name}`: expected {expected}, found {found}");
    }

    private static string Rule(ScaleRule rule) => rule switch { ScaleRule.Ceil => "ceil", ScaleRule.Mse => "mse", _ => "standard" };
}
