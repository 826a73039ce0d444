using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Pith.Models.Tests.Checkpoints;
using Pith.Models.Tokenizers;

namespace Pith.Models.Tests.Tokenizers;

public sealed class TextFrameTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Apply_AnyLengths_KeepsTheBeginningsAndTheLimit() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 30], Gen.Int[4, 40], Gen.Bool, Gen.Bool).Sample((own, other, most, isPair, isRoberta) =>
        {
            var frame = isRoberta ? TextFrame.Roberta(1000, 1001) : TextFrame.Bert(1000, 1001);
            int[] first = [.. Enumerable.Range(0, own)], second = [.. Enumerable.Range(100, other)];

            var framed = frame.Apply(first, isPair ? second : null, most);

            Assert.True(framed.Tokens.Length <= most);
            var kept = new[] { Of(0), Of(1) };
            Assert.Equal(first[..kept[0].Length], kept[0]);
            Assert.Equal(isPair ? second[..kept[1].Length] : [], kept[1]);
            Assert.Equal(kept[0].Length < own || (isPair && kept[1].Length < other), framed.IsTruncated);
            if (framed.IsTruncated)
                Assert.Equal(most, framed.Tokens.Length);
            if (kept[0].Length < own && isPair)
                Assert.InRange(kept[1].Length, Math.Min(other, kept[0].Length - 1), kept[0].Length);

            int[] Of(int text) => [.. framed.Tokens.Zip(framed.Texts).Where(pair => pair.Second == text).Select(pair => pair.First)];
        });

    [Theory]
    [InlineData("""{"type": "BertProcessing", "sep": ["<|endoftext|>", 256], "cls": ["a", 97]}""", "97 0 98 0 256 0", "97 0 98 0 256 0 99 1 256 1")]
    [InlineData("""{"type": "RobertaProcessing", "sep": ["<|endoftext|>", 256], "cls": ["a", 97], "trim_offsets": true}""", "97 0 98 0 256 0", "97 0 98 0 256 0 256 0 99 0 256 0")]
    [InlineData(
        """
        {"type": "Sequence", "processors": [{"type": "ByteLevel"}, {"type": "TemplateProcessing",
          "single": [{"SpecialToken": {"id": "a", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
          "pair": [{"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": "a", "type_id": 1}}, {"Sequence": {"id": "A", "type_id": 0}}]}]}
        """,
        "97 0 98 0",
        "99 1 97 1 98 0")]
    public void Load_PostProcessor_IsTheFrame(string processor, string single, string pair)
    {
        var frame = Load(processor)!;
        Assert.Equal(single, Text(frame.Apply([98], null, 10)));
        Assert.Equal(pair, Text(frame.Apply([98], [99], 10)));

        static string Text(FramedText framed) => string.Join(' ', framed.Tokens.Zip(framed.Types, (token, type) => $"{token} {type}"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("""{"type": "ByteLevel"}""")]
    [InlineData("""{"type": "BertProcessing", "sep": ["absent", 1], "cls": ["a", 97]}""")]
    [InlineData("""{"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}]}""")]
    [InlineData("""{"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 7}}], "pair": [{"Sequence": {"id": "A"}}, {"Sequence": {"id": "B"}}]}""")]
    [InlineData("""{"type": "TemplateProcessing", "single": [{"Sequence": {"id": "B"}}], "pair": [{"Sequence": {"id": "A"}}, {"Sequence": {"id": "B"}}]}""")]
    public void Load_NoFrame_SaysNothing(string processor) => Assert.Null(Load(processor));

    private TextFrame? Load(string processor)
    {
        var json = TinyTokenizers.ByteLevelJson();
        json["post_processor"] = JsonNode.Parse(processor);
        File.WriteAllText(Path.Combine(_folder.Root, "tokenizer.json"), json.ToJsonString(), new UTF8Encoding(false));
        return TokenizerLoader.Load(_folder.Root).Frame;
    }
}
