using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Pith.Studies.Stores;

/// <summary>A running checksum over a journal: each entry's seal covers the header and every entry up to it.</summary>
/// <remarks>The first eight bytes of SHA-256 over the seal before, trial, kind and body. It tells damage, not forgery.</remarks>
internal static class JournalSeal
{
    private const int FixedBytes = sizeof(long) + sizeof(int) + sizeof(int);

    /// <summary>The seal of a journal without entries.</summary>
    public static long Of(StudyHeader header) => Next(0, new StudyEvent(header.Definition.Length, StudyEventKind.Queued, header.Definition + header.Origin));

    /// <summary>The seal after one more entry.</summary>
    public static long Next(long seal, StudyEvent entry)
    {
        var bytes = new byte[FixedBytes + Encoding.UTF8.GetByteCount(entry.Body)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, seal);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(sizeof(long)), entry.Trial);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(sizeof(long) + sizeof(int)), (int)entry.Kind);
        Encoding.UTF8.GetBytes(entry.Body, bytes.AsSpan(FixedBytes));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}
