using DurableChat.ScaleTest.Commands;
using Xunit;

namespace DurableChat.ScaleTest.Tests;

/// <summary>A checker that shared code with what it checks would share its mistakes.</summary>
public sealed class IndependenceTests
{
    [Fact]
    public void The_scale_test_references_nothing_of_the_server() =>
        Assert.DoesNotContain(
            typeof(ScaleTestCommand).Assembly.GetReferencedAssemblies(),
            reference => reference.Name!.StartsWith("DurableChat", StringComparison.Ordinal));
}
