using System.Buffers.Binary;
using System.Text;
using Pith.Models.Tests.Checkpoints;
using Pith.Models.Tests.Checkpoints.Llama2c;

namespace Pith.Models.Tests.Hostile;

/// <summary>Makes every hostile file. The files beside this class are what it made.</summary>
internal static class HostileFiles
{
    public static IReadOnlyList<HostileFile> All { get; } = [.. Safetensors(), .. Index(), .. Config(), .. Llama2c(), .. Packed(), .. Plan()];

    private static IEnumerable<HostileFile> Safetensors()
    {
        yield return Raw("empty", "PITH3010", "0 bytes", []);
        yield return Raw("short-length", "PITH3010", "5 bytes", [1, 0, 0, 0, 0]);
        yield return Raw("gigabyte-header", "PITH3013", "1073741824", SafetensorsBytes.Make("{}"u8.ToArray(), [], 1UL << 30));
        yield return Raw("endless-header", "PITH3013", "18446744073709551615", SafetensorsBytes.Make("{}"u8.ToArray(), [], ulong.MaxValue));
        yield return Raw("header-beyond-file", "PITH3010", "byte 0", SafetensorsBytes.Make("{}"u8.ToArray(), [], 99_999_999));
        yield return Text("no-header", "PITH3010", "byte 8", "");
        yield return Text("no-json", "PITH3010", "JSON", "hello");
        yield return Text("array", "PITH3010", "object", "[]");
        yield return Text("unfinished", "PITH3010", "JSON", """{"a":{"dtype":"F32","shape":[1],""");
        yield return Text("text-after-object", "PITH3010", "JSON", "{}{}");
        yield return Text("deep", "PITH3010", "object", """{"a":""" + new string('[', 4000));
        yield return Text("deep-unknown-member", "PITH3010", "JSON", """{"a":{"x":""" + new string('[', 4000));
        yield return Raw("not-utf8", "PITH3010", "UTF-8", SafetensorsBytes.Make([.. "{\""u8, 0xFF, 0xFE, .. "\":{}}"u8], []));
        yield return Text("half-surrogate", "PITH3010", "Unicode", """{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1);
        yield return Text("half-surrogate-member", "PITH3010", "Unicode", """{"w":{"\ud800":"U8"}}""", 1);
        yield return Text("long-name", "PITH3013", "1024", "{\"" + new string('n', 3000) + "\":" + """{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1);
        yield return Text("control-characters", "PITH3010", "`a???`", """{"a\u001b\u0007\n":1}""");
        yield return Text("number-for-tensor", "PITH3010", "`w`", """{"w":7}""");
        yield return Text("no-dtype", "PITH3010", "`w`", """{"w":{"shape":[1],"data_offsets":[0,4]}}""", 4);
        yield return Text("member-twice", "PITH3010", "`w`", """{"w":{"shape":[1],"shape":[1],"dtype":"F32","data_offsets":[0,4]}}""", 4);
        yield return Text("negative-shape", "PITH3010", "`w`", """{"w":{"dtype":"F32","shape":[-1,-4],"data_offsets":[0,16]}}""", 16);
        yield return Text("negative-offsets", "PITH3010", "`w`", """{"w":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4);
        yield return Text("fraction-shape", "PITH3010", "`w`", """{"w":{"dtype":"F32","shape":[0.5],"data_offsets":[0,2]}}""", 2);
        yield return Text("many-axes", "PITH3010", "at most 8", """{"w":{"dtype":"F32","shape":[""" + string.Join(',', Enumerable.Repeat(1, 2000)) + """],"data_offsets":[0,4]}}""", 4);
        yield return Text("metadata-number", "PITH3010", "__metadata__", """{"__metadata__":{"a":1}}""");
        yield return Text("metadata-array", "PITH3010", "__metadata__", """{"__metadata__":[]}""");
        yield return Text("unknown-dtype", "PITH3012", "Q4_K", """{"w":{"dtype":"Q4_K","shape":[4],"data_offsets":[0,4]}}""", 4);
        yield return Text("name-twice", "PITH3011", "`w`", """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8);
        yield return Text("overlap", "PITH3011", "overlaps", """{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12);
        yield return Text("same-place", "PITH3011", "overlaps", """{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8);
        yield return Text("hole", "PITH3011", "hole", """{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12);
        yield return Text("reversed-offsets", "PITH3011", "`w`", """{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4);
        yield return Text("wrong-size", "PITH3011", "12 bytes", """{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}}""", 4);
        yield return Text("truncated", "PITH3011", "`w`", """{"w":{"dtype":"F32","shape":[1000],"data_offsets":[0,4000]}}""", 100);
        yield return Text("beyond-everything", "PITH3011", "`w`", """{"w":{"dtype":"U8","shape":[4],"data_offsets":[9223372036854775803,9223372036854775807]}}""", 4);
        yield return Text("exabyte", "PITH3011", "`w`", """{"w":{"dtype":"U8","shape":[2147483647,2147483647],"data_offsets":[0,4611686014132420609]}}""", 4);
        yield return Text("product-overflow", "PITH3011", "fits a file", """{"w":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,4]}}""", 4);
        yield return Text("product-wraps-to-zero", "PITH3011", "`w`", """{"w":{"dtype":"F32","shape":[65536,65536,65536,65536],"data_offsets":[0,0]}}""");
        yield return Text("axis-overflow", "PITH3011", "`w`", """{"w":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,4]}}""", 4);
        yield return Text("zero-times-everything", "PITH3011", "`w`", """{"w":{"dtype":"F32","shape":[0,9223372036854775807],"data_offsets":[0,0]}}""");
        yield return Text("bytes-after-last", "PITH3010", "3 more bytes", """{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 4);

        static HostileFile Raw(string name, string code, string said, byte[] bytes) => new("safetensors", name + ".safetensors", code, said, bytes);
        static HostileFile Text(string name, string code, string said, string header, int contentBytes = 0) =>
            Raw(name, code, said, SafetensorsBytes.Make(header, new byte[contentBytes]));
    }

    private static IEnumerable<HostileFile> Index()
    {
        yield return Text("not-json", "PITH3014", "JSON", "weights");
        yield return Text("no-map", "PITH3014", "weight_map", "{}");
        yield return Text("climbs-out", "PITH3014", "`../../secret`", """{"weight_map":{"w":"../../secret"}}""");
        yield return Text("absolute", "PITH3014", "`/etc/passwd`", """{"weight_map":{"w":"/etc/passwd"}}""");
        yield return Text("backslash", "PITH3014", "beside the index", """{"weight_map":{"w":"..\\secret"}}""");
        yield return Text("drive", "PITH3014", "beside the index", """{"weight_map":{"w":"c:secret"}}""");
        yield return Text("zero-byte", "PITH3014", "beside the index", """{"weight_map":{"w":"a\u0000b"}}""");
        yield return Text("name-twice", "PITH3014", "JSON", """{"weight_map":{"w":"a.safetensors","w":"b.safetensors"}}""");
        yield return Text("absent", "PITH3000", "absent.safetensors", """{"weight_map":{"w":"absent.safetensors"}}""");
        yield return Text("itself", "PITH3013", "itself", """{"weight_map":{"w":"itself.index.json"}}""");
        yield return Text("deep", "PITH3014", "JSON", """{"weight_map":""" + new string('[', 4000));

        static HostileFile Text(string name, string code, string said, string text) => new("index", name + ".index.json", code, said, Encoding.UTF8.GetBytes(text));
    }

    private static IEnumerable<HostileFile> Config()
    {
        yield return Text("empty", "PITH3020", "JSON", "");
        yield return Text("array", "PITH3020", "object", "[]");
        yield return Text("deep", "PITH3020", "JSON", """{"model_type":""" + new string('[', 4000));
        yield return Text("member-twice", "PITH3020", "JSON", """{"model_type":"llama","model_type":"qwen2"}""");
        yield return Text("architecture", "PITH3021", "llama, mistral, qwen2", """{"model_type":"mamba"}""");
        yield return Text("quantized", "PITH3022", "gptq", """{"model_type":"llama","quantization_config":{"quant_method":"gptq"}}""");
        yield return Text("negative", "PITH3020", "hidden_size", """{"model_type":"llama","hidden_size":-1}""");
        yield return Text("zero-heads", "PITH3020", "num_attention_heads", """{"model_type":"llama","num_attention_heads":0}""");
        yield return Text("zero-kv-heads", "PITH3020", "num_key_value_heads", """{"model_type":"llama","num_key_value_heads":0}""");
        yield return Text("billion-layers", "PITH3020", "num_hidden_layers", """{"model_type":"llama","num_hidden_layers":1000000000}""");
        yield return Text("larger-than-int", "PITH3020", "vocab_size", """{"model_type":"llama","vocab_size":99999999999999999999999999}""");
        yield return Text("fraction", "PITH3020", "hidden_size", """{"model_type":"llama","hidden_size":4096.5}""");
        yield return Text("infinite-theta", "PITH3020", "rope_theta", """{"model_type":"llama","rope_theta":1e999}""");
        yield return Text("text-for-number", "PITH3020", "rms_norm_eps", """{"model_type":"llama","rms_norm_eps":"1e-5"}""");
        yield return Text("not-a-number", "PITH3020", "JSON", """{"model_type":"llama","rms_norm_eps":NaN}""");
        yield return Text("rope", "PITH3022", "su", """{"model_type":"llama","rope_scaling":{"type":"su","factor":2}}""");
        yield return Text("bert-negative", "PITH3020", "hidden_size", """{"model_type":"bert","hidden_size":-1}""");
        yield return Text("bert-zero-heads", "PITH3020", "num_attention_heads", """{"model_type":"bert","num_attention_heads":0}""");
        yield return Text("bert-uneven-heads", "PITH3020", "multiple", """{"model_type":"bert","hidden_size":100,"num_attention_heads":7}""");
        yield return Text("bert-billion-layers", "PITH3020", "num_hidden_layers", """{"model_type":"bert","num_hidden_layers":1000000000}""");
        yield return Text("bert-billion-positions", "PITH3020", "max_position_embeddings", """{"model_type":"bert","max_position_embeddings":1000000000}""");
        yield return Text("bert-billion-types", "PITH3020", "type_vocab_size", """{"model_type":"bert","type_vocab_size":1000000000}""");
        yield return Text("bert-decoder", "PITH3022", "is_decoder", """{"model_type":"bert","is_decoder":true}""");
        yield return Text("bert-relative", "PITH3022", "relative_key", """{"model_type":"bert","position_embedding_type":"relative_key"}""");
        yield return Text("bert-activation", "PITH3022", "silu", """{"model_type":"bert","hidden_act":"silu"}""");
        yield return Text("bert-head", "PITH3021", "BertForMultipleChoice", """{"model_type":"bert","architectures":["BertForMultipleChoice"]}""");
        yield return Text("bert-billion-labels", "PITH3020", "num_labels", """{"model_type":"bert","architectures":["BertForTokenClassification"],"num_labels":1000000000}""");
        yield return Text("bert-label-gap", "PITH3020", "id2label", """{"model_type":"bert","architectures":["BertForTokenClassification"],"id2label":{"0":"a","7":"b"}}""");
        yield return Text("bert-label-negative", "PITH3020", "id2label", """{"model_type":"bert","architectures":["BertForTokenClassification"],"id2label":{"-1":"a"}}""");
        yield return Text("bert-label-number", "PITH3020", "a string", """{"model_type":"bert","architectures":["BertForTokenClassification"],"id2label":{"0":1}}""");
        yield return Text("bert-label-array", "PITH3020", "an object", """{"model_type":"bert","architectures":["BertForTokenClassification"],"id2label":["a"]}""");
        yield return Text("roberta-no-positions", "PITH3020", "max_position_embeddings", """{"model_type":"roberta","max_position_embeddings":2}""");
        yield return Text("roberta-padding", "PITH3020", "pad_token_id", """{"model_type":"roberta","pad_token_id":99999999}""");
        yield return Text("distilbert-width", "PITH3020", "`dim`", """{"model_type":"distilbert","dim":0}""");
        yield return new HostileFile("config", "not-utf8.json", "PITH3020", "UTF-8", [.. "{\"model_type\":\""u8, 0xC3, 0x28, .. "\"}"u8]);

        static HostileFile Text(string name, string code, string said, string text) => new("config", name + ".json", code, said, Encoding.UTF8.GetBytes(text));
    }

    private static IEnumerable<HostileFile> Llama2c()
    {
        var plain = new TinyLlama2c(0, true, 1).Write();
        var grouped = new TinyLlama2c(2, true, 1).Write();
        yield return Raw("short", "28 bytes", plain[..20]);
        yield return Raw("truncated", "expected", plain[..^1]);
        yield return Raw("byte-more", "expected", [.. plain, 0]);
        yield return With("zero-dim", "dim", plain, 0, 0);
        yield return With("negative-dim", "dim", plain, 0, -8);
        yield return With("huge-dim", "dim", plain, 0, int.MaxValue);
        yield return With("huge-hidden", "bytes for this header", plain, 4, 1 << 20);
        yield return With("huge-layers", "n_layers", plain, 8, int.MaxValue);
        yield return With("many-layers", "bytes for this header", plain, 8, 4096);
        yield return With("zero-heads", "n_heads", plain, 12, 0);
        yield return With("uneven-heads", "multiple", plain, 12, 3);
        yield return With("zero-kv-heads", "n_kv_heads", plain, 16, 0);
        yield return With("least-vocabulary", "vocab_size", plain, 20, int.MinValue);
        yield return With("zero-context", "max_seq_len", plain, 24, 0);
        yield return Raw("long-header-short-file", "256 bytes", grouped[..100]);
        yield return With("version-9", "version", grouped, 4, 9);
        yield return With("zero-group", "group_size", grouped, 37, 0);
        yield return With("negative-group", "group_size", grouped, 37, -64);
        yield return With("huge-group", "group_size", grouped, 37, int.MaxValue);
        var infinite = (byte[])grouped.Clone();
        BinaryPrimitives.WriteSingleLittleEndian(infinite.AsSpan(infinite.Length - 4), float.PositiveInfinity);
        yield return Raw("infinite-scale", "model.layers.1.mlp.up_proj.weight", infinite);

        static HostileFile Raw(string name, string said, byte[] bytes) => new("llama2c", name + ".bin", "PITH3030", said, bytes);
        static HostileFile With(string name, string said, byte[] bytes, int offset, int value)
        {
            var changed = (byte[])bytes.Clone();
            BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(offset), value);
            return Raw(name, said, changed);
        }
    }

    private static IEnumerable<HostileFile> Packed()
    {
        const string Parts = ""","w.q":{"dtype":"U8","shape":[2,12],"data_offsets":[0,24]},"w.s":{"dtype":"U8","shape":[2,1],"data_offsets":[24,26]}}""";
        yield return Text("not-json", "JSON", "six bits", Parts, 26);
        yield return Text("unknown-format", "int4", """{"format":"int4","shape":[2,16]}""", Parts, 26);
        yield return Text("wide-format", "bf16", """{"format":"bf16","shape":[2,16]}""", Parts, 26);
        yield return Text("no-shape", "shape", """{"format":"bfp6:16"}""", Parts, 26);
        yield return Text("negative-shape", "shape", """{"format":"bfp6:16","shape":[-2,16]}""", Parts, 26);
        yield return Text("zero-columns", "shape", """{"format":"bfp6:16","shape":[2,0]}""", Parts, 26);
        yield return Text("huge-shape", "`w", """{"format":"bfp6:16","shape":[2147483647,2147483647]}""", Parts, 26);
        yield return Text("other-bits", "`b`", """{"format":"bfp6:16","b":4,"shape":[2,16]}""", Parts, 26);
        yield return Text("other-block", "`B`", """{"format":"bfp6:16","B":32,"shape":[2,16]}""", Parts, 26);
        yield return Text("other-axis", "`axis`", """{"format":"bfp6:16","axis":0,"shape":[2,16]}""", Parts, 26);
        yield return Text("newer-encoder", "`encoder`", """{"format":"bfp6:16","encoder":2,"shape":[2,16]}""", Parts, 26);
        yield return Text("too-few-codes", "w.q", """{"format":"bfp6:16","shape":[3,16]}""", Parts, 26);
        yield return Text("too-few-scales", "w.s", """{"format":"bfp6:4","shape":[2,16]}""", Parts, 26);
        yield return Text("no-codes", "w.q", """{"format":"bfp6:16","shape":[2,16]}""", "}", 0);
        yield return Text("packed-and-plain", "both", """{"format":"bfp6:16","shape":[2,16]}""", Parts[..^1] + ""","w":{"dtype":"F32","shape":[1],"data_offsets":[26,30]}}""", 30);
        yield return new HostileFile("packed", "infinite-parameter.safetensors", "PITH3040", "w.ts", SafetensorsBytes.Make(
            """{"__metadata__":{"w.meta":"{\"format\":\"nvfp4\",\"shape\":[1,16]}"},"w.q":{"dtype":"U8","shape":[1,8],"data_offsets":[0,8]},"w.s":{"dtype":"U8","shape":[1,1],"data_offsets":[8,9]},"w.ts":{"dtype":"F32","shape":[1],"data_offsets":[9,13]}}""",
            [.. new byte[9], 0, 0, 0x80, 0x7F]));

        static HostileFile Text(string name, string said, string meta, string parts, int contentBytes)
        {
            var metadata = "{\"__metadata__\":{\"w.meta\":\"" + meta.Replace("\"", "\\\"", StringComparison.Ordinal) + "\"}";
            return new("packed", name + ".safetensors", "PITH3040", said, SafetensorsBytes.Make(metadata + parts, new byte[contentBytes]));
        }
    }

    private static IEnumerable<HostileFile> Plan()
    {
        yield return Text("empty", "JSON", "");
        yield return Text("array", "version", "[]");
        yield return Text("version", "version", """{"version":2,"sites":{}}""");
        yield return Text("no-sites", "sites", """{"version":1}""");
        yield return Text("site", "attn.z", """{"version":1,"sites":{"layers.0.attn.z":{"weights":"bfp6:16"}}}""");
        yield return Text("huge-layer", "layers.99999999999", """{"version":1,"sites":{"layers.99999999999.attn.q":{"weights":"bfp6:16"}}}""");
        yield return Text("format", "bfp99", """{"version":1,"sites":{"layers.0.attn.q":{"weights":"bfp99:16"}}}""");
        yield return Text("member", "bits", """{"version":1,"sites":{"layers.0.attn.q":{"bits":6}}}""");
        yield return Text("site-twice", "attn.q", """{"version":1,"sites":{"layers.0.attn.q":{"weights":"bfp6:16"},"layers.0.attn.q":{"weights":"bfp4:16"}}}""");
        yield return Text("half-surrogate", "plan", """{"version":1,"sites":{"layers.0.attn.q":{"weights":"\ud800"}}}""");
        yield return Text("deep", "depth", """{"version":1,"sites":""" + new string('[', 4000));

        static HostileFile Text(string name, string said, string text) => new("plan", name + ".json", "PITH1003", said == "JSON" ? "" : said, Encoding.UTF8.GetBytes(text));
    }
}
