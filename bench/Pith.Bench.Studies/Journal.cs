using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pith.Kernels.Formats;
using Pith.Models.Checkpoints;

namespace Pith.Bench.Studies;

/// <summary>Results measured so far, one JSON object a line, so that a study which was stopped goes on where it was.</summary>
/// <remarks>A result is found again only if the libraries that made it are the same: keys hold their identity. What a study itself
/// decides, such as the formats of a row, belongs into the parts of the key.
/// A line cut off by a kill is ignored. Not thread-safe.</remarks>
internal sealed class Journal : IDisposable
{
    // Numbers that are not finite are results too.
    private static readonly JsonSerializerOptions Options = new()
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly Dictionary<string, JsonElement> _entries = [];
    private readonly StreamWriter _writer;

    /// <summary>Opens or creates a journal.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fresh">Whether to forget what is in it.</param>
    public Journal(string path, bool fresh)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (!fresh && File.Exists(path))
        {
            foreach (var line in File.ReadLines(path))
                Read(line);
        }

        _writer = new StreamWriter(path, append: !fresh) { AutoFlush = true };
    }

    /// <summary>A key which holds the given parts and the identity of the libraries under study.</summary>
    public static string Key(params ReadOnlySpan<string> parts)
    {
        Type[] libraries = [typeof(Core.Formats.NumberFormat), typeof(FormatCodec), typeof(ITensorSource), typeof(Compress.CompressErrors)];
        var identity = string.Join(' ', libraries.Select(type => type.Module.ModuleVersionId.ToString("N")));
        var text = string.Join('\n', [.. parts, identity]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..24];
    }

    /// <summary>The result under a key: the one in the journal, or measured now and added to it.</summary>
    public T GetOrAdd<T>(string key, Func<T> measure)
    {
        if (_entries.TryGetValue(key, out var element))
            return element.Deserialize<T>(Options)!;
        var result = measure();
        var value = JsonSerializer.SerializeToElement(result, Options);
        _entries[key] = value;
        _writer.Write('\n' + JsonSerializer.Serialize(new { key, value }, Options) + '\n');
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private void Read(string line)
    {
        try
        {
            if (line.Length == 0)
                return;
            var entry = JsonSerializer.Deserialize<JsonElement>(line);
            _entries[entry.GetProperty("key").GetString()!] = entry.GetProperty("value");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // The end of a line that was being written when the process was killed.
        }
    }
}
