using Pith.Bench.Studies;
using Pith.Bench.Tuning.FineTuning;

return StudyProgram.Run("Pith.Bench.Tuning", args, new()
{
    ["fine-tuning"] = new("tuning a rounded model against rounding a tuned one", FineTuningStudy.Run),
});
