using System.Globalization;
using System.Text;
using Pith.Models.Tokenizers;
using Pith.TestKit;

namespace Pith.Models.Tests.Tokenizers;

public sealed class GoldenTokenizersTests
{
    public static TheoryData<string> Names => [.. GoldenTokenizers.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Encode_GoldenTexts_GivesTheIdsOfTheOriginalTool(string name)
    {
        var tokenizer = GoldenTokenizers.Get(name);
        foreach (var (text, ids) in GoldenTokenizers.Texts().Zip(GoldenTokenizers.Ids(name)))
            Assert.Equal((text, string.Join(' ', ids)), (text, string.Join(' ', tokenizer.Encode(text))));
    }

    [Fact]
    public void ResultsPage_ListsEveryCheck()
    {
        SharedData.Require("lm/tokenizers");
        var page = new StringBuilder("""
            # Results: tokenizers

            How many texts of each set get the ids of the original tools. The expected ids are independent: llama.cpp's published cases, and
            golden files written by Hugging Face's tokenizers and by SentencePiece (`tests/Pith.Models.Tests/Tokenizers/Golden/make.md`).

            This page is generated, from vocabularies that lie beside a working copy: `PITH_UPDATE_DOCS=1 ./test Pith.Models.Tests` writes it anew.

            | tokenizer | kind | expected ids from | texts | equal | differ |
            | --- | --- | --- | ---: | ---: | ---: |

            """.ReplaceLineEndings("\n"));
        foreach (var (name, vocabulary) in new[] { ("gpt-2", "gpt2"), ("bert-bge", "bert-uncased") })
            Append(page, name, GoldenTokenizers.Get(vocabulary), "llama.cpp's cases", LlamaCppCases.Read(name));
        foreach (var (name, (what, _)) in GoldenTokenizers.All)
        {
            var tool = name.StartsWith("tok", StringComparison.Ordinal) ? "SentencePiece 0.1.97" : "Hugging Face tokenizers 0.23.2";
            Append(page, what, GoldenTokenizers.Get(name), tool, [.. GoldenTokenizers.Texts().Zip(GoldenTokenizers.Ids(name))]);
        }

        page.Append("""

            llama.cpp's cases for Llama, Llama 3, Qwen 2, Phi 3, RoBERTa, DeepSeek, Falcon and StarCoder are not run: their vocabularies are not
            at hand. The rules of those tokenizers are checked on GPT-2's vocabulary instead, as the rows above say.

            """.ReplaceLineEndings("\n"));
        GeneratedPage.Check("docs/results/tokenizers.md", page.ToString());
    }

    private static void Append(
        StringBuilder page, string what, ITokenizer tokenizer, string tool, IReadOnlyList<(string Text, int[] Ids)> cases)
    {
        var equal = cases.Count(item => tokenizer.Encode(item.Text).SequenceEqual(item.Ids));
        page.Append(
            CultureInfo.InvariantCulture,
            $"| {what} | {tokenizer.Kind} | {tool} | {cases.Count} | {equal} | {cases.Count - equal} |\n");
    }
}
