using System.Buffers.Binary;
using System.Text;

namespace Pith.Models.Tests.Checkpoints;

/// <summary>Safetensors files put together by hand, right or wrong.</summary>
internal static class SafetensorsBytes
{
    public static byte[] Make(string header, byte[] content) => Make(Encoding.UTF8.GetBytes(header), content);

    public static byte[] Make(byte[] header, byte[] content, ulong? claimedLength = null)
    {
        var bytes = new byte[8 + header.Length + content.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, claimedLength ?? (ulong)header.Length);
        header.CopyTo(bytes, 8);
        content.CopyTo(bytes, 8 + header.Length);
        return bytes;
    }
}
