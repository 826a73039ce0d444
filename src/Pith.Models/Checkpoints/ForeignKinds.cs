namespace Pith.Models.Checkpoints;

/// <summary>Model files which are not read, told by how they begin or what they are called.</summary>
internal static class ForeignKinds
{
    /// <summary>Bytes needed to tell a kind.</summary>
    public const int StartBytes = 8;

    private const byte Pickle = 0x80;

    private static readonly (byte[] Start, int At, string Name)[] Starts =
    [
        ("lmgg"u8.ToArray(), 0, "GGML"), ("tjgg"u8.ToArray(), 0, "GGML"), ("fmgg"u8.ToArray(), 0, "GGML"),
        ("PK\u0003\u0004"u8.ToArray(), 0, "a zip archive, as PyTorch writes"),
        ([Pickle, 2], 0, "a Python pickle, as PyTorch writes"), ([Pickle, 3], 0, "a Python pickle, as PyTorch writes"),
        ([Pickle, 4], 0, "a Python pickle, as PyTorch writes"), ([Pickle, 5], 0, "a Python pickle, as PyTorch writes"),
        ([0x89, .. "HDF"u8], 0, "HDF5"), ([0x93, .. "NUMPY"u8], 0, "NumPy"), ("TFL3"u8.ToArray(), 4, "TensorFlow Lite"),
        ([0x28, 0xB5, 0x2F, 0xFD], 0, "a Zstandard archive"), ([0x1F, 0x8B], 0, "a gzip archive"),
    ];

    private static readonly (string Extension, string Name)[] Extensions =
    [
        (".ggml", "GGML"), (".onnx", "ONNX"), (".pt", "PyTorch"), (".pth", "PyTorch"), (".ckpt", "PyTorch"),
        (".h5", "HDF5"), (".msgpack", "Flax"), (".pb", "TensorFlow"), (".tflite", "TensorFlow Lite"), (".npz", "NumPy"), (".npy", "NumPy"),
        (".mlmodel", "Core ML"), (".mlpackage", "Core ML"), (".engine", "TensorRT"),
    ];

    /// <summary>The kind of a file by its first bytes, else by its name; null when it is none of these.</summary>
    public static string? Of(string path, ReadOnlySpan<byte> start)
    {
        foreach (var (bytes, at, name) in Starts)
        {
            if (start.Length >= at + bytes.Length && start[at..].StartsWith(bytes))
                return name;
        }

        return OfName(path);
    }

    /// <summary>The kind of a file by its name alone; null when it is none of these.</summary>
    public static string? OfName(string path)
    {
        var name = Path.GetFileName(path);
        if (name.StartsWith("pytorch_model", StringComparison.OrdinalIgnoreCase) && name.EndsWith(".bin", StringComparison.OrdinalIgnoreCase))
            return "PyTorch";
        return Array.Find(Extensions, row => name.EndsWith(row.Extension, StringComparison.OrdinalIgnoreCase)).Name;
    }
}
