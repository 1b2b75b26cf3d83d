using System.Text.Json.Nodes;
using DurableChat.Providers.Http;
using Xunit;

namespace DurableChat.Providers.Tests.Http;

/// <summary>How JSON goes to providers.</summary>
public sealed class ProviderJsonTests
{
    [Fact]
    public void Its_options_are_complete_before_anybody_uses_them()
    {
        Assert.True(ProviderJson.Relaxed.IsReadOnly);
        Assert.NotNull(ProviderJson.Relaxed.TypeInfoResolver);
    }

    [Fact]
    public void Letters_stay_letters() => Assert.Equal("""{"a":"é<&>'"}""", ProviderJson.Write(new JsonObject { ["a"] = "é<&>'" }));
}
