using Pith.Core.Diagnostics;
using Pith.Models.Evaluation.Tasks;
using Pith.TestKit;
using ZstdSharp;

namespace Pith.Models.Tests.Evaluation.Tasks;

public sealed class TaskFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pith-tasks-").FullName;

    public static TheoryData<string, string, string[], int> Fields => new()
    {
        { "arc_easy", """{"question":"Q?","choices":{"text":["a","b"],"label":["1","2"]},"answerKey":"2"}""", ["Question: Q?\nAnswer:| a|a", "Question: Q?\nAnswer:| b|b"], 1 },
        { "openbookqa", """{"question_stem":"The sun","choices":{"text":["is","was"],"label":["A","B"]},"answerKey":"A"}""", ["The sun| is|is", "The sun| was|was"], 0 },
        { "boolq", """{"passage":"P.","question":"is it","answer":true}""", ["P.\nQuestion: is it?\nAnswer:| no|no", "P.\nQuestion: is it?\nAnswer:| yes|yes"], 1 },
        { "boolq", """{"passage":"P.","question":"is it","label":0}""", ["P.\nQuestion: is it?\nAnswer:| no|no", "P.\nQuestion: is it?\nAnswer:| yes|yes"], 0 },
        { "piqa", """{"goal":"ice","sol1":"cold","sol2":"hot","label":1}""", ["Question: ice\nAnswer:| cold|cold", "Question: ice\nAnswer:| hot|hot"], 1 },
        { "winogrande", """{"sentence":"Sarah saw Maria so _ hid.","option1":"Sarah","option2":"Maria","answer":"2"}""", ["Sarah saw Maria so Sarah| hid.|hid.", "Sarah saw Maria so Maria| hid.|hid."], 1 },
        { "mmlu", """{"subject":"a_b","question":" Q ","choices":["w","x","y","z"],"answer":"C"}""", ["Q\nA. w\nB. x\nC. y\nD. z\nAnswer:| A|A", "Q\nA. w\nB. x\nC. y\nD. z\nAnswer:| B|B", "Q\nA. w\nB. x\nC. y\nD. z\nAnswer:| C|C", "Q\nA. w\nB. x\nC. y\nD. z\nAnswer:| D|D"], 2 },
        { "arc_challenge", """{"instruction":"Please choose the correct answer to the question: Q?\n\nAnswer1: a b Answer2: c, Answer3: d\n\nAnswer format: answer1/answer2/answer3","answer":"answer3"}""", ["Question: Q?\nAnswer:| a b|a b", "Question: Q?\nAnswer:| c,|c,", "Question: Q?\nAnswer:| d|d"], 2 },
        { "openbookqa", """{"instruction":"Please choose the correct answer to the question: Frogs\n\nAnswer1: eat Answer2: fly\n\nAnswer format: answer1/answer2","answer":"answer1"}""", ["Frogs| eat|eat", "Frogs| fly|fly"], 0 },
        { "boolq", """{"instruction":"Please answer the following question with true or false, question: is it so?\n\nAnswer format: true/false","answer":"true"}""", ["Question: is it so?\nAnswer:| no|no", "Question: is it so?\nAnswer:| yes|yes"], 1 },
        { "piqa", """{"instruction":"Please choose the correct solution to the question: ice\n\nSolution1: cold\n\nSolution2: hot\n\nAnswer format: solution1/solution2","answer":"solution1"}""", ["Question: ice\nAnswer:| cold|cold", "Question: ice\nAnswer:| hot|hot"], 0 },
        { "winogrande", """{"instruction":"Please choose the correct answer to fill in the blank to complete the given sentence: The _ was small.\n\nOption1: cat Option2: dog Answer format: option1/option2","answer":"option2"}""", ["The cat| was small.|was small.", "The dog| was small.|was small."], 1 },
    };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Fields))]
    public void Read_EitherForm_MakesTheHarnessesPrompts(string task, string line, string[] choices, int answer)
    {
        var item = Assert.Single(TaskFile.Read(Write(line), ChoiceTasks.Find(task)));
        Assert.Equal(choices, item.Choices.Select(choice => $"{choice.Context}|{choice.Continuation}|{choice.Text}"));
        Assert.Equal(answer, item.Answer);
        Assert.Equal(task == "mmlu" ? "The following are multiple choice questions (with answers) about a b.\n\n" : "", item.Preamble);
    }

    // Items and the number of choices were counted with another JSON reader and a regular expression.
    [Theory]
    [InlineData("arc_easy", "ARC-Easy.test-even", 1188)]
    [InlineData("arc_easy", "ARC-Easy.train", 2251)]
    [InlineData("arc_challenge", "ARC-Challenge.test-even", 586)]
    [InlineData("arc_challenge", "ARC-Challenge.train", 1119)]
    [InlineData("openbookqa", "openbookqa.test-even", 250)]
    [InlineData("openbookqa", "openbookqa.train", 4957)]
    [InlineData("boolq", "boolq.test-even", 1635)]
    [InlineData("boolq", "boolq.train", 9427)]
    [InlineData("piqa", "piqa.test-even", 919)]
    [InlineData("winogrande", "winogrande.test-even", 634)]
    [InlineData("mmlu", "mmlu.test-even", 7032)]
    public void Read_AStagedFile_UnderstandsEveryLine(string task, string file, int count)
    {
        var items = TaskFile.Read(SharedData.Require($"lm/tasks/{file}.jsonl.zst"), ChoiceTasks.Find(task));
        Assert.Equal(count, items.Count);
        foreach (var item in items)
        {
            Assert.InRange(item.Answer, 0, item.Choices.Count - 1);
            Assert.All(item.Choices, choice => Assert.NotEmpty(choice.Text));
            Assert.DoesNotContain("Answer format", item.Choices[^1].Context + item.Choices[^1].Text, StringComparison.Ordinal);
            Assert.DoesNotMatch("(Answer|Solution|Option)[1-5]:", item.Choices[0].Context + item.Choices[0].Text);
        }
    }

    [Fact]
    public void Find_SharedData_NamesTheFileOfEveryTask()
    {
        var data = SharedData.Require("lm/tasks");
        foreach (var task in ChoiceTasks.All)
            Assert.EndsWith(".test-even.jsonl.zst", TaskFile.Find(data, task), StringComparison.Ordinal);
        Assert.EndsWith("ARC-Easy.train.jsonl.zst", TaskFile.FindExamples(data, ChoiceTasks.Find("arc_easy")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("piqa", """{"goal":"ice","sol1":"cold","label":1}""", "sol2")]
    [InlineData("piqa", """{"goal":"ice","sol1":"cold","sol2":"hot","label":2}""", "label")]
    [InlineData("piqa", """{"goal":"ice","sol1":"cold","sol2":5,"label":1}""", "sol2")]
    [InlineData("piqa", """["goal"]""", "object")]
    [InlineData("piqa", """{"goal":""", "line 3")]
    [InlineData("piqa", """{"goal":"\ud800","sol1":"a","sol2":"b","label":0}""", "line 3")]
    [InlineData("arc_easy", """{"question":"Q","choices":["a","b"],"answerKey":"A"}""", "choices")]
    [InlineData("arc_easy", """{"question":"Q","choices":{"text":["a","b"],"label":["A"]},"answerKey":"A"}""", "choices.label")]
    [InlineData("arc_easy", """{"question":"Q","choices":{"text":["a","b"],"label":["A","B"]},"answerKey":"C"}""", "answerKey")]
    [InlineData("arc_easy", """{"instruction":"Choose: a"}""", "begins with")]
    [InlineData("arc_easy", """{"instruction":"Please choose the correct answer to the question: Q\n\nAnswer1: a Answer2: b"}""", "Answer format")]
    [InlineData("arc_easy", """{"instruction":"Please choose the correct answer to the question: Q\n\nAnswer1: a\n\nAnswer format: answer1/answer2","answer":"answer1"}""", "Answer2:")]
    [InlineData("arc_easy", """{"instruction":"Please choose the correct answer to the question: Q\n\nAnswer1: a Answer2: \n\nAnswer format: answer1/answer2","answer":"answer1"}""", "answer2")]
    [InlineData("arc_easy", """{"instruction":"Please choose the correct answer to the question: Q\n\nAnswer1: a Answer2: b\n\nAnswer format: answer1/answer2","answer":"answer3"}""", "answer")]
    [InlineData("boolq", """{"passage":"P","question":"Q","answer":"yes"}""", "true or false")]
    [InlineData("boolq", """{"question":"Q","answer":true}""", "passage")]
    [InlineData("winogrande", """{"sentence":"No blank.","option1":"a","option2":"b","answer":"1"}""", "blank")]
    [InlineData("winogrande", """{"sentence":"The end is _","option1":"a","option2":"b","answer":"1"}""", "blank")]
    [InlineData("mmlu", """{"subject":"s","question":"Q","choices":["a","b","c"],"answer":"A"}""", "four")]
    [InlineData("mmlu", """{"subject":"s","question":"Q","choices":["a","b","c","d"],"answer":"E"}""", "answer")]
    public void Read_AWrongLine_IsACodedErrorWithFileAndLine(string task, string line, string part)
    {
        var good = TaskFileTests.Fields.First(row => row.Data.Item1 == task).Data.Item2;
        var path = Write(good + "\n\n" + line);
        var error = Assert.Throws<PithException>(() => TaskFile.Read(path, ChoiceTasks.Find(task)));
        Assert.Equal(ModelsErrors.BadTaskItem, error.Error);
        Assert.StartsWith($"{path}, line 3: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Single(TaskFile.Read(path, ChoiceTasks.Find(task), limit: 1));
    }

    [Fact]
    public void Read_NoItemsNoFileNoTask_AreCodedErrors()
    {
        var piqa = ChoiceTasks.Find("piqa");
        Assert.Equal(ModelsErrors.EmptyTask, Assert.Throws<PithException>(() => TaskFile.Read(Write("\n"), piqa)).Error);
        Assert.Equal(ModelsErrors.NoTaskFile, Assert.Throws<PithException>(() => TaskFile.Find(folder, piqa)).Error);
        Assert.Equal(ModelsErrors.CannotReadText, Assert.Throws<PithException>(() => TaskFile.Read(Path.Combine(folder, "none"), piqa)).Error);
        Assert.Equal(ModelsErrors.UnknownTask, Assert.Throws<PithException>(() => ChoiceTasks.Find("hellaswag")).Error);
    }

    [Fact]
    public void Read_ACompressedFileWithoutEnd_IsACodedError()
    {
        var path = Path.Combine(folder, "piqa.jsonl.zst");
        using (var compressor = new Compressor())
        {
            var lines = new byte[(1 << 26) + 1];
            lines.AsSpan().Fill((byte)'\n');
            File.WriteAllBytes(path, compressor.Wrap(lines).ToArray());
        }

        var error = Assert.Throws<PithException>(() => TaskFile.Read(path, ChoiceTasks.Find("piqa")));
        Assert.Equal(ModelsErrors.BadTaskItem, error.Error);
        Assert.Contains("characters in all", error.Message, StringComparison.Ordinal);
    }

    private string Write(string text)
    {
        var path = Path.Combine(folder, "items.jsonl");
        File.WriteAllText(path, text);
        return path;
    }
}
