using System.Net;
using System.Net.Sockets;
using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace DurableChat.Integration.Tests.Processes;

/// <summary>A start that cannot succeed ends with exit code 2 and one sentence that says what is wrong and what to do.</summary>
public sealed class StartErrorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("serve --durable-windw 5", "Did you mean '--durable-window'?")]
    [InlineData("serve --durable-window many", "Cannot parse argument 'many' for option '--durable-window'.")]
    [InlineData("serv", "Did you mean 'serve'?")]
    [InlineData("serve --urls http://0.0.0.0:0", "Configure tokens")]
    [InlineData("serve --urls http://192.0.2.1:8099", "cannot listen on http://192.0.2.1:8099: this machine does not have that address. Set 'urls' to one that it has.", "Auth__Tokens__0__Owner=o", "Auth__Tokens__0__Sha256=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("serve", "There is no setting 'DurableChat:Feeds:WindowMesages'. Did you mean 'DurableChat:Feeds:WindowMessages'?", "DurableChat__Feeds__WindowMesages=5")]
    [InlineData("serve", "'Kestrel:Endpoints' is not used. Set 'urls'", "Kestrel__Endpoints__Main__Url=http://0.0.0.0:0")]
    [InlineData("serve", "'Auth:Tokens' is a list: its entries are 'Auth:Tokens:0' and so on, not one value.", "Auth__Tokens=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("serve --store Host=127.0.0.1;Port=1;Username=someone;Password=hidden", "Check host and port")]
    [InlineData("serve --store postgres://someone:hidden@host.invalid/chats", "Check host and port")]
    [InlineData("serve --data /proc/chat.db", "'/proc/chat.db'")]
    [InlineData("serve --data /proc/none/chat.db", "'/proc/none/chat.db'")]
    [InlineData("backup copy.db --data none.db", "Say with --data where it is.")]
    [InlineData("restore none.db", "There is no backup")]
    public async Task What_is_wrong_is_said(string line, string expected, params string[] environment) =>
        Complains(await ProgramRun.RunAsync(environment, Arguments(line), _folder.Path), expected);

    [Fact]
    public async Task A_port_in_use_is_said()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        Complains(await ProgramRun.RunAsync([], Arguments($"serve --urls {url}"), _folder.Path), $"cannot listen on {url}: the port is in use. Stop the program that uses it, or choose another with 'urls'.");
    }

    [Fact]
    public async Task A_configuration_file_that_is_not_json_is_named()
    {
        await File.WriteAllTextAsync(_folder.File("appsettings.json"), "{ \"Store\": nonsense }");
        Complains(await ProgramRun.RunAsync([], Arguments("serve"), _folder.Path), "Correct the file.");
    }

    [Fact]
    public async Task A_file_that_is_no_database_or_of_a_newer_version_or_in_use_is_said()
    {
        var path = _folder.File("chat.db");
        await File.WriteAllTextAsync(path, new string('x', 10_000));
        Complains(await ServeAsync(), "is not a SQLite database. Check the path");
        File.Delete(path);
        await using (SqliteChatStore.Open(new SqliteStoreOptions(path), new StoreMetrics(), TimeProvider.System))
        {
            Complains(await ServeAsync(), "is in use by another process. Stop that process");
        }

        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            SqliteConnections.Execute(connection, "INSERT INTO SchemaVersions (ScriptName, Applied) VALUES ('DurableChat.Sqlite.Migrations.9999_future.sql', '2030-01-01')");
        }

        Complains(await ServeAsync(), "was made by a newer version of DurableChat (it has the migration '9999_future.sql'). Run that version");

        Task<ProgramRun> ServeAsync() => ProgramRun.RunAsync([], Arguments($"serve --data {path}"));
    }

    private static string[] Arguments(string line)
    {
        var arguments = line.Split(' ');
        return arguments is ["serve", ..] && !arguments.Contains("--urls") ? [.. arguments, "--urls", "http://127.0.0.1:0"] : arguments;
    }

    private static void Complains(ProgramRun run, string expected)
    {
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.StartsWith("durablechat: ", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.Equal((2, string.Empty), (run.Code, run.Output));
        Assert.DoesNotContain("hidden", run.Error, StringComparison.Ordinal);
    }
}
