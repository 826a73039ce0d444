using System.Globalization;
using Pith.Models.Checkpoints.Llama2c;
using Pith.Models.Evaluation;
using Pith.Models.Generation;
using Pith.Models.Llama;
using Pith.Models.Tokenizers;
using Pith.TestKit;

namespace Pith.Models.Tests.Evaluation;

/// <summary>Real checkpoints against the values measured with PyTorch, as the shared data's manifest gives them.</summary>
public sealed class ReferenceValueTests
{
    private const string Weights = "lm/weights/";

    private static readonly int[] s_prompt = [1, 403, 407, 261, 378, 432, 383, 286, 261, 376, 298, 315, 421];

    [Theory]
    [InlineData("stories260K", Whitespace.Keep, 49_227, 1.674470, 1.20751)]
    [InlineData("bitstories-1M", Whitespace.Keep, 49_227, 1.706104, 1.23032)]
    [InlineData("bitstories-3M", Whitespace.Keep, 49_227, 1.511269, 1.08982)]
    [InlineData("stories260K", Whitespace.CollapseNewlines, 49_187, 1.610053, null)]
    [InlineData("babyllama105", Whitespace.Collapse, 50_798, 0.803035, null)] // its unknown characters have no bytes to agree on
    public void Measure_Stories_HasTheReferenceLoss(string name, Whitespace whitespace, int tokens, double nll, double? bitsPerByte)
    {
        var (model, tokenizer) = Open(name);
        var options = new EvaluationOptions { Context = 256, MaxDocuments = 200, Whitespace = whitespace };
        var windows = EvaluationText.Read(SharedData.Require("lm/text/tinystories/tinystories.jsonl.zst"), tokenizer, options);

        var result = Perplexity.Measure(model, windows);

        Assert.Equal(tokens, result.Tokens);
        Assert.Equal(Math.Exp(nll), result.Perplexity, Math.Exp(nll) * 1e-3);
        if (bitsPerByte is { } bits)
            Assert.Equal(bits, result.BitsPerByte, bits * 1e-3);
    }

    [Theory]
    [InlineData("stories260K", 130.72)]
    [InlineData("bitstories-1M", 117.43)]
    [InlineData("bitstories-3M", 96.74)]
    public void Measure_WikiText_HasTheReferencePerplexity(string name, double perplexity)
    {
        var (model, tokenizer) = Open(name);
        var options = new EvaluationOptions { Context = 256, MaxTokens = 20_000, ByLine = true };
        using var stream = SharedData.Open("lm/text/wikitext2/wiki.test.raw.part1.zst");
        using var reader = new StreamReader(stream);
        var windows = EvaluationText.FromText(reader.ReadToEnd(), tokenizer, options);

        var result = Perplexity.Measure(model, windows);

        Assert.Equal(20_000, result.Tokens);
        Assert.Equal(perplexity, result.Perplexity, perplexity * 1e-3);
    }

    [Theory]
    // A ternary model rounds its activations to 127 levels; a sum in another order moves some by a level, hence the wider tolerance there.
    [InlineData("stories260K", 1e-3, "395:15.62993 263:10.96728 426:10.10511 280:9.7479 322:7.43597")]
    [InlineData("bitstories-1M", 2e-2, "395:11.91806 426:7.51287 263:6.97912 280:5.756 337:3.74013")]
    [InlineData("bitstories-3M", 2e-2, "395:14.00017 280:7.98013 263:7.66553 426:7.41592 373:4.15434")]
    [InlineData("babyllama105", 1e-3, "3:11.08588 19:5.78564 32:2.82027 25:2.65627 7:2.4493")]
    public void Append_APrompt_HasTheReferenceLogits(string name, double relative, string largest)
    {
        var (model, tokenizer) = Open(name);
        int[] prompt = [1, .. tokenizer.Tokenizer.Encode("Once upon a time, there was a little girl")];
        if (name != "babyllama105")
            Assert.Equal(s_prompt, prompt);

        var logits = model.CreateSession().Append(prompt).ToArray();

        var five = Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).Take(5).ToArray();
        var expected = largest.Split(' ').Select(pair => pair.Split(':')).ToArray();
        Assert.Equal(expected.Select(pair => int.Parse(pair[0], CultureInfo.InvariantCulture)), five);
        for (var i = 0; i < five.Length; i++)
        {
            var value = double.Parse(expected[i][1], CultureInfo.InvariantCulture);
            Assert.Equal(value, logits[five[i]], Math.Abs(value) * relative);
        }
    }

    [Theory]
    [InlineData(
        "stories260K",
        "",
        "Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. "
            + "She wanted to play with it, but it was too high.\nLily's mom said,")]
    [InlineData(
        "babyllama105",
        "Once upon a time",
        ", there was a little girl named Lily. She loved to play outside in the sunshine. One day, she went to")]
    public void Continue_Greedy_GivesTheReferenceText(string name, string prompt, string expected)
    {
        var (model, tokenizer) = Open(name);
        var options = new GenerationOptions { MaxTokens = 110, Sampling = SamplingOptions.Greedy };
        var result = new Generator(LanguageModel.Create(name, model, tokenizer)).Continue(prompt, options);
        Assert.StartsWith(expected, result.Text, StringComparison.Ordinal);
    }

    private static (LlamaModel Model, TokenizerBundle Tokenizer) Open(string name)
    {
        var (weights, vocabulary) = name switch
        {
            "stories260K" => ("stories260K/stories260K.bin", "stories260K/tok512.bin"),
            "babyllama105" => ("babyllama105/babyllama105.bin", "babyllama105/tok105.model"),
            _ => ($"bitstories/{name}.bin", "stories260K/tok512.bin"),
        };
        using var file = Llama2cFile.Open(SharedData.Require(Weights + weights));
        return (LlamaModel.Load(file.Config, file), TokenizerLoader.Load(SharedData.Require(Weights + vocabulary)));
    }
}
