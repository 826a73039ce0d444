using Pith.Studies.Stores;

namespace Pith.Studies.Tests.Stores;

public sealed class MemoryStudyStoreTests : StudyStoreConformance
{
    private MemoryStudyStore? place;

    protected override IStudyStore Open(StudyAccess access)
    {
        if (place is not null)
            return place.Reopen(access);
        place = new MemoryStudyStore();
        place.Dispose();
        return place.Reopen(access);
    }
}
