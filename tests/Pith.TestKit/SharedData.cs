using System.Text;
using Xunit;
using ZstdSharp;

namespace Pith.TestKit;

/// <summary>Files of real models, vocabularies and texts that lie beside a working copy but are not part of it.</summary>
/// <remarks>The folder is <c>shared/data</c>, looked for at every level above the test binary, inside the level and beside it.
/// A test that needs a file which is absent is skipped, with the reason. Thread-safe.</remarks>
public static class SharedData
{
    private static readonly string? s_root = FindRoot();

    /// <summary>The folder itself; null where there is none.</summary>
    public static string? Root => s_root;

    /// <summary>Full path of a file or folder of the shared data; null where it is absent.</summary>
    /// <param name="relative">Path below the folder, for example <c>lm/tokenizers/gpt2/vocab.bpe.zst</c>.</param>
    public static string? TryFind(string relative)
    {
        ArgumentException.ThrowIfNullOrEmpty(relative);
        if (s_root is null)
            return null;
        var path = Path.Combine(s_root, relative);
        return Path.Exists(path) ? path : null;
    }

    /// <summary>Full path of a file or folder of the shared data; skips the running test where it is absent.</summary>
    /// <param name="relative">Path below the folder.</param>
    public static string Require(string relative)
    {
        var path = TryFind(relative);
        if (path is null)
            Assert.Skip($"shared/data/{relative} is not here.");
        return path!;
    }

    /// <summary>All bytes of a file; decompressed when its name ends in <c>.zst</c>. Skips the test where it is absent.</summary>
    /// <param name="relative">Path below the folder.</param>
    public static byte[] ReadBytes(string relative)
    {
        using var stream = Open(relative);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>All text of a UTF-8 file; decompressed when its name ends in <c>.zst</c>. Skips the test where it is absent.</summary>
    /// <param name="relative">Path below the folder.</param>
    public static string ReadText(string relative)
    {
        using var reader = new StreamReader(Open(relative), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Opens a file for reading; decompressing when its name ends in <c>.zst</c>. Skips the test where it is absent.</summary>
    /// <param name="relative">Path below the folder.</param>
    public static Stream Open(string relative)
    {
        var path = Require(relative);
        var file = File.OpenRead(path);
        return path.EndsWith(".zst", StringComparison.Ordinal) ? new DecompressionStream(file, leaveOpen: false) : file;
    }

    private static string? FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            foreach (var candidate in new[] { "shared/data", "../shared/data" })
            {
                var path = Path.GetFullPath(Path.Combine(at.FullName, candidate));
                if (Directory.Exists(path))
                    return path;
            }
        }

        return null;
    }
}
