using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Pith.Models.Checkpoints;

namespace Pith.Models.Tests.Checkpoints;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The bytes are those of the format's README: length, JSON padded with spaces to 8, elements.
    [Fact]
    public void Write_OneTensor_GivesTheFormatsBytes()
    {
        using (var writer = SafetensorsWriter.Create(folder["a"], [new TensorEntry("w", TensorType.BF16, [1, 2])]))
        {
            writer.WriteFloats("w", [1f, -2.5f]);
            writer.Finish();
        }

        var bytes = File.ReadAllBytes(folder["a"]);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(
            """{"__metadata__":{"format":"pt"},"w":{"dtype":"BF16","shape":[1,2],"data_offsets":[0,4]}}""",
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal([0x80, 0x3F, 0x20, 0xC0], bytes[(8 + length)..]);
    }

    [Fact]
    public void Write_ThenRead_GivesTheSameNumbersInAnyOrderOfWriting() => Gen.Select(
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9], Gen.OneOf(TensorType.F32, TensorType.BF16, TensorType.F16, TensorType.U8)).Array[0, 6],
        Gen.Int).Sample((shapes, seed) =>
    {
        File.Delete(folder["b"]);
        var entries = shapes.Select((shape, index) => new TensorEntry($"t{index}", shape.Item3, [shape.Item1, shape.Item2])).ToList();
        var content = entries.ToDictionary(entry => entry.Name, entry => Enumerable.Range(0, (int)entry.Elements).Select(index => (float)((index * 7) % 100)).ToArray(), StringComparer.Ordinal);
        using (var writer = SafetensorsWriter.Create(folder["b"], entries, [KeyValuePair.Create("k", "v\n\"é")]))
        {
            foreach (var entry in entries.OrderBy(entry => entry.Name.GetHashCode(StringComparison.Ordinal) ^ seed))
            {
                if (entry.Type == TensorType.U8)
                {
                    writer.WriteBytes(entry.Name, content[entry.Name].Select(value => (byte)value).ToArray());
                    continue;
                }

                var half = (int)entry.Elements / 2;
                writer.WriteFloats(entry.Name, content[entry.Name].AsSpan(0, half));
                writer.WriteFloats(entry.Name, content[entry.Name].AsSpan(half));
            }

            writer.Finish();
            Assert.Equal(writer.Bytes, new FileInfo(folder["b"]).Length);
        }

        using var file = SafetensorsFile.Open(folder["b"]);
        Assert.Equal("v\n\"é", file.Metadata["k"]);
        Assert.Equal(entries.Count, file.Tensors.Count);
        foreach (var entry in entries)
        {
            Assert.Equal(entry.Shape, file.Tensors[entry.Name].Shape);
            var numbers = new float[entry.Elements];
            if (entry.Type == TensorType.U8)
            {
                var bytes = new byte[entry.Elements];
                file.ReadBytes(entry.Name, 0, bytes);
                numbers = bytes.Select(value => (float)value).ToArray();
            }
            else
            {
                file.ReadFloats(entry.Name, 0, numbers);
            }

            Assert.Equal(content[entry.Name], numbers);
        }
    }, iter: 50, threads: 1);

    [Fact]
    public void Write_MoreThanTheBuffer_IsWhole()
    {
        var values = Enumerable.Range(0, 700_000).Select(index => (float)index).ToArray();
        using (var writer = SafetensorsWriter.Create(folder["c"], [new TensorEntry("a", TensorType.F32, [700_000]), new TensorEntry("b", TensorType.U8, [3_000_000])]))
        {
            foreach (var chunk in values.Chunk(333_333))
                writer.WriteFloats("a", chunk);
            writer.WriteBytes("b", new byte[17]);
            writer.WriteBytes("b", Enumerable.Repeat((byte)3, 2_999_983).ToArray());
            writer.Finish();
        }

        using var file = SafetensorsFile.Open(folder["c"]);
        var read = new float[values.Length];
        file.ReadFloats("a", 0, read);
        Assert.Equal(values, read);
        var bytes = new byte[20];
        file.ReadBytes("b", 0, bytes);
        Assert.Equal([.. new byte[17], 3, 3, 3], bytes);
    }

    [Fact]
    public void Write_WrongCalls_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Create(folder["d"], [new TensorEntry("a", TensorType.F32, [1]), new TensorEntry("a", TensorType.F32, [2])]));
        using var writer = SafetensorsWriter.Create(folder["d"], [new TensorEntry("a", TensorType.F32, [2])]);
        writer.WriteFloats("a", [1]);
        Assert.Throws<ArgumentException>(() => writer.WriteFloats("a", [1, 2]));
        Assert.Throws<ArgumentException>(() => writer.WriteFloats("b", [1]));
        Assert.Throws<InvalidOperationException>(writer.Finish);
    }
}
