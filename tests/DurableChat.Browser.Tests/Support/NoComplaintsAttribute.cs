using System.Reflection;
using Xunit;
using Xunit.v3;

namespace DurableChat.Browser.Tests.Support;

/// <summary>
/// Fails a test whose tabs logged an error. After the test, and not in a tab's disposal, so that it never hides why a
/// test failed.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class NoComplaintsAttribute : BeforeAfterTestAttribute
{
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        var complaints = Complaints.Of(test.UniqueID).ToArray();
        Assert.True(complaints.Length == 0, string.Join("\n", complaints));
    }
}
