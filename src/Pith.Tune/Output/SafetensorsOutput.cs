using System.Buffers.Binary;
using System.Text.Json;

namespace Pith.Tune.Output;

/// <summary>Writes trained weights as a bfloat16 safetensors file.</summary>
internal static class SafetensorsOutput
{
    private const int Alignment = 8;

    /// <summary>Writes the tensors in the order given.</summary>
    /// <param name="stream">Receives the file.</param>
    /// <param name="tensors">Names, shapes and row-major values; rounded to the nearest bfloat16.</param>
    public static void Write(Stream stream, IReadOnlyList<(string Name, int[] Shape, float[] Values)> tensors)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            json.WriteEndObject();
            var offset = 0L;
            foreach (var (name, shape, values) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "BF16");
                json.WriteStartArray("shape");
                foreach (var size in shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += 2L * values.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (header.Length % Alignment != 0) header.WriteByte((byte)' ');
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        header.WriteTo(stream);
        foreach (var (_, _, values) in tensors)
        {
            var bytes = new byte[2 * values.Length];
            for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * i), BFloat16.Bits(values[i]));
            stream.Write(bytes);
        }
    }
}
