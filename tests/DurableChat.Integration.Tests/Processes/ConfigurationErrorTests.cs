using System.CommandLine;
using DurableChat.Server.Commands;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using Xunit;

namespace DurableChat.Integration.Tests.Processes;

/// <summary>Settings that are wrong or that do not exist are named before anything is opened.</summary>
public sealed class ConfigurationErrorTests
{
    [Theory]
    [InlineData("https://127.0.0.1:0", "Put a proxy in front")]
    [InlineData("nonsense", "An example: http://127.0.0.1:8080")]
    [InlineData("ftp://127.0.0.1", "does not begin with http://")]
    [InlineData("", "'urls' is empty")]
    [InlineData("http://localhost:0", "numeric address")]
    [InlineData("http://127.0.0.1:99999", "has a port that is not between 0 and 65535")]
    [InlineData("http://127.0.0.1:0/chat", "has a path")]
    public void An_address_on_which_nobody_can_listen_is_refused(string url, string expected) => Refuses(new ServeOptions(url, null, null, null), [], expected);

    [Theory]
    [InlineData("There is no setting 'DurableChat:Feeds:WindowMesages'. Did you mean 'DurableChat:Feeds:WindowMessages'?", "DurableChat:Feeds:WindowMesages=5")]
    [InlineData("There is no setting 'DurableChat:Worker:Retry:FirstDely'. Did you mean 'DurableChat:Worker:Retry:FirstDelay'?", "DurableChat:Worker:Retry:FirstDely=00:00:01")]
    [InlineData("There is no section 'DurbleChat'. Did you mean 'DurableChat'?", "DurbleChat:Feeds:WindowMessages=5")]
    [InlineData("There is no setting 'Store:Folder'. In 'Store' there are Sqlite, SqliteCheckTime, PostgreSql, MaxConnections, StatementTimeout, FailoverTime, HeartbeatTimeout, MigrationWait.", "Store:Folder=x")]
    [InlineData("'Models' is a list: its entries are 'Models:0' and so on, not 'Models:Name'.", "Models:Name=x")]
    [InlineData("There is no setting 'Models:0:Provder'. Did you mean 'Models:0:Provider'?", "Models:0:Provder=x")]
    [InlineData("The fallback of model 'a' is 'b', which is not configured.", "Models:0:Name=a", "Models:0:Provider=demo", "Models:0:Fallback=b")]
    [InlineData("The fallbacks of models go in a circle: a → b → a.", "Models:0:Name=a", "Models:0:Provider=demo", "Models:0:Fallback=b", "Models:1:Name=b", "Models:1:Provider=demo", "Models:1:Fallback=a")]
    [InlineData("FallbackAfter of model 'a' has 'overload'; it may have model_unreachable, ", "Models:0:Name=a", "Models:0:Provider=demo", "Models:0:Fallback=b", "Models:0:FallbackAfter:0=overload")]
    [InlineData("Model 'a' has FallbackAfter, but no Fallback.", "Models:0:Name=a", "Models:0:Provider=demo", "Models:0:FallbackAfter:0=model_quota")]
    [InlineData("There is no setting 'Auth:Tokens:0:Sha'.", "Auth:Tokens:0:Sha=x")]
    [InlineData("'Http:MaxBodyBytes' is one value: there is no setting 'Http:MaxBodyBytes:0'.", "Http:MaxBodyBytes:0=5")]
    [InlineData("DurableChat:Feeds:WindowMessages", "DurableChat:Feeds:WindowMessages=many")]
    [InlineData("WindowMessages", "DurableChat:Feeds:WindowMessages=-1")]
    [InlineData("DrainDelay must not be negative", "Http:DrainDelay=-00:00:01")]
    [InlineData("Retention:ArchivedAfter must be at least a minute", "DurableChat:Retention:ArchivedAfter=00:00:01")]
    [InlineData("Notifications:Redis is set, but", "Notifications:Redis=localhost")]
    [InlineData("'Cluster:Url' is wrong: 'nonsense'", "Store:PostgreSql=Host=127.0.0.1;Password=hidden", "Cluster:Url=nonsense")]
    [InlineData("Cluster:Address must be a URL", "Store:PostgreSql=Host=127.0.0.1;Password=hidden", "Cluster:Address=here")]
    [InlineData("Cluster:Url names no one address", "Store:PostgreSql=Host=127.0.0.1;Password=hidden", "Cluster:Url=http://0.0.0.0:1")]
    [InlineData("Cluster:Secret must have", "Store:PostgreSql=Host=127.0.0.1;Password=hidden", "Cluster:Secret=hidden")]
    [InlineData(
        "What model 'm' allows is wrong. No number is 3 or more: the setting is 0 to 2.", "Models:0:Name=m",
            "Models:0:Provider=demo", "Models:0:Allow:Temperature:Min=3")]
    [InlineData(
        "There is no setting 'Models:0:Allow:Temprature'. Did you mean 'Models:0:Allow:Temperature'?",
            "Models:0:Allow:Temprature:Max=1")]
    [InlineData(
        "'Models:0:Allow:Temperature' needs 'Models:0:Allow:Temperature:Min', 'Models:0:Allow:Temperature:Max' or both.", "Models:0:Allow:Temperature=true")]
    [InlineData("There is no setting 'Models:0:Allow:Headers'.", "Models:0:Allow:Headers=true")]
    public void A_setting_that_is_wrong_or_does_not_exist_is_named(string expected, params string[] settings) =>
        Refuses(new ServeOptions("http://127.0.0.1:0", null, null, null), settings, expected);

    [Fact]
    public async Task Names_in_the_environment_that_are_not_ours_are_left_alone()
    {
        using var folder = new TemporaryFolder();
        await using var app = ServerApplication.Build(
            new ServeOptions("http://127.0.0.1:0", folder.File("chat.db"), null, null), ["DOTNET:Anything=1", "Auth0:Domain=x", "STORES=x", "durablechat:FEEDS:windowmessages=5", "Logging:LogLevel:Some.Category=None"]);
        Assert.NotNull(app);
    }

    [Theory]
    [InlineData("serve --colour", "'durablechat serve --help' tells what there is.")]
    [InlineData("serve --data a --store b", "give one of them")]
    [InlineData("serve --durable-window -5", "a number from 0 to 65536")]
    [InlineData("", "'durablechat --help' tells what there is.")]
    public void A_command_line_that_is_wrong_is_described(string line, string expected) =>
        Assert.Contains(expected, CommandLineErrors.Describe(new RootCommand { ServeCommand.Create() }.Parse(line)), StringComparison.Ordinal);

    private static void Refuses(ServeOptions options, string[] settings, string expected)
    {
        var message = Assert.Throws<ConfigurationException>(() => ServerApplication.Build(options, settings)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", message, StringComparison.Ordinal);
    }
}
