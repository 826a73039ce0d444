using System.Text;
using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;

namespace Pith.Models.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Written by hand from the format's README: two tensors, bf16 1.0 -2.5 and a binary32 scalar 0.5, one metadata pair.
    [Fact]
    public void Open_HandMadeFile_GivesItsTensors()
    {
        var path = folder.Write("a.safetensors", SafetensorsBytes.Make(
            """{"__metadata__":{"format":"pt"},"a":{"dtype":"BF16","shape":[2,1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[],"data_offsets":[4,8]}}  """,
            [0x80, 0x3F, 0x20, 0xC0, 0, 0, 0, 0x3F]));
        using var file = SafetensorsFile.Open(path);

        Assert.Equal(["a", "b"], file.InFileOrder.Select(entry => entry.Name));
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal([2, 1], file.Tensors["a"].Shape);
        Assert.Equal(TensorType.BF16, file.Tensors["a"].Type);
        var numbers = new float[2];
        file.ReadFloats("a", 0, numbers);
        Assert.Equal([1f, -2.5f], numbers);
        file.ReadFloats("b", 0, numbers.AsSpan(0, 1));
        Assert.Equal(0.5f, numbers[0]);
        var bytes = new byte[2];
        file.ReadBytes("a", 2, bytes);
        Assert.Equal([0x20, 0xC0], bytes);
        Assert.Null(file.ReadPacked("a"));
    }

    [Fact]
    public void Open_EscapedName_IsDecoded()
    {
        var path = folder.Write("a.safetensors", SafetensorsBytes.Make(
            """{"\u0061\u00e9":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"extra":[{"x":1}]}}""", [7]));
        using var file = SafetensorsFile.Open(path);

        Assert.Equal(["aé"], file.Tensors.Keys);
    }

    [Fact]
    public void ReadFloats_OutsideTheTensor_IsRefused()
    {
        var path = folder.Write("a.safetensors", SafetensorsBytes.Make(
            """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"u":{"dtype":"U8","shape":[4],"data_offsets":[8,12]}}""", new byte[12]));
        using var file = SafetensorsFile.Open(path);

        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadFloats("a", 1, new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadFloats("a", -1, new float[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadBytes("a", 8, new byte[1]));
        Assert.Throws<ArgumentException>(() => file.ReadFloats("u", 0, new float[1]));
        Assert.Throws<ArgumentException>(() => file.ReadFloats("b", 0, new float[1]));
    }

    [Fact]
    public void ReadFloats_AfterDispose_IsRefused()
    {
        var path = folder.Write("a.safetensors", SafetensorsBytes.Make("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", new byte[4]));
        var file = SafetensorsFile.Open(path);
        var memory = file.Memory("a");
        Assert.Equal(4, memory.Span.Length);
        file.Dispose();
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.ReadFloats("a", 0, new float[1]));
        Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);
    }

    [Theory]
    [InlineData("{", 0, "PITH3010")]
    [InlineData("[]", 0, "PITH3010")]
    [InlineData("", 0, "PITH3010")]
    [InlineData("{}x", 0, "PITH3010")]
    [InlineData("""{"a":1}""", 0, "PITH3010")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 0, "PITH3010")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "PITH3010")]
    [InlineData("""{"a":{"dtype":1,"shape":[1],"data_offsets":[0,4]}}""", 4, "PITH3010")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "PITH3010")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "PITH3010")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "PITH3010")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551615]}}""", 4, "PITH3010")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", 4, "PITH3010")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[[[[1]]]]],"data_offsets":[0,4]}}""", 4, "PITH3010")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "PITH3010")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "PITH3010")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "PITH3010")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, "PITH3010")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "PITH3011")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "PITH3011")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "PITH3011")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "PITH3011")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "PITH3011")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "PITH3011")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,4]}}""", 4, "PITH3011")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,4]}}""", 4, "PITH3011")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,9223372036854775807],"data_offsets":[0,0]}}""", 0, "PITH3011")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", 4, "PITH3012")]
    public void Open_WrongHeader_IsRefused(string header, int contentBytes, string code)
    {
        var path = folder.Write("a.safetensors", SafetensorsBytes.Make(header, new byte[contentBytes]));

        var exception = Assert.Throws<PithException>(() => SafetensorsFile.Open(path));

        Assert.Equal(code, exception.Error.Code);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TextThatIsNotUtf8_IsRefused()
    {
        var header = Encoding.UTF8.GetBytes("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""");
        header[2] = 0xFF;
        var path = folder.Write("a.safetensors", SafetensorsBytes.Make(header, new byte[4]));

        Assert.Equal("PITH3010", Assert.Throws<PithException>(() => SafetensorsFile.Open(path)).Error.Code);
    }

    [Theory]
    [InlineData(ulong.MaxValue, "PITH3013")]
    [InlineData(1UL << 30, "PITH3013")]
    [InlineData(100UL, "PITH3010")]
    public void Open_HeaderLongerThanTheFile_IsRefusedWithoutAllocatingIt(ulong claimed, string code)
    {
        var path = folder.Write("a.safetensors", SafetensorsBytes.Make("{}"u8.ToArray(), [], claimed));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(code, Assert.Throws<PithException>(() => SafetensorsFile.Open(path)).Error.Code);

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Open_FileShorterThanItsLength_IsRefused(int bytes)
    {
        var path = folder.Write("a.safetensors", new byte[bytes]);

        Assert.Equal("PITH3010", Assert.Throws<PithException>(() => SafetensorsFile.Open(path)).Error.Code);
    }

    [Fact]
    public void Open_NoSuchFile_SaysSo() =>
        Assert.Equal("PITH3000", Assert.Throws<PithException>(() => SafetensorsFile.Open(folder["none.safetensors"])).Error.Code);
}
