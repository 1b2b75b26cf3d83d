using DurableChat.Recorder.Options;
using Xunit;

namespace DurableChat.Integration.Tests.Recorders;

/// <summary>The recorder records bytes, and knows neither chats nor a database.</summary>
public sealed class RecorderIndependenceTests
{
    [Fact]
    public void It_uses_nothing_of_the_server() =>
        Assert.DoesNotContain(
            typeof(RecorderOptions).Assembly.GetReferencedAssemblies(),
            reference => reference.Name!.StartsWith("DurableChat", StringComparison.Ordinal)
                || reference.Name.Contains("Sqlite", StringComparison.Ordinal)
                || reference.Name == "Npgsql");
}
