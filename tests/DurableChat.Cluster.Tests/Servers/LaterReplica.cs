using System.Runtime.CompilerServices;
using System.Text;
using DurableChat.Chats;
using DurableChat.Cluster.Tests.Postgres;
using DurableChat.Models;
using DurableChat.Notifications;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using DurableChat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Cluster.Tests.Servers;

/// <summary>
/// A server of the next version, made of this one: answers begin with a part that is new there, turns end for a reason
/// that is new
/// there, and what it stores and sends has members that are new there. Its tables have a column more.
/// </summary>
internal static class LaterReplica
{
    /// <summary>What both versions share.</summary>
    public const string Secret = "a-secret-of-a-cluster-of-two-versions";

    /// <summary>What it calls itself to the database, which writes for it what this version would not.</summary>
    private const string Name = "later";

    private const string Part = """{"type":"audio","seconds":3}""";

    /// <summary>What this version makes of the part where it stores or sends it.</summary>
    private const string Stand = """{"type":"unknown","kind":"audio","json":"{\"type\":\"audio\",\"seconds\":3}"}""";

    public static async Task<WebApplication> StartAsync(string database, params string[] settings)
    {
        var app = ServerApplication.Build(
            new ServeOptions("http://127.0.0.1:0", null, $"{database};Application Name={Name}", null),
            [.. settings, "Models:0:Name=demo", "Models:0:Provider=demo", "Logging:LogLevel:Default=None"],
            builder =>
            {
                builder.Services.AddSingleton(new ModelCatalog([new ModelDefinition("demo", new Model(), null)]));
                var channel = builder.Services.Last(service => service.ServiceType == typeof(INotificationChannel));
                builder.Services.AddSingleton<INotificationChannel>(provider =>
                    new Channel((INotificationChannel)channel.ImplementationFactory!(provider)));
            });
        await app.StartAsync();
        return app;
    }

    /// <summary>Brings the schema to the next version, while servers of this one run.</summary>
    public static Task MigrateAsync(string database) => PostgresFixture.ExecuteAsync(database, $"""
        ALTER TABLE chats ADD COLUMN mood text NOT NULL DEFAULT 'good';
        CREATE FUNCTION later_message() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.body = jsonb_set(jsonb_set(replace(NEW.body, '{Stand}', '{Part}')::jsonb, ARRAY['mood'], '"good"'),
                ARRAY['finish_reason'], '"vanished"')::text;
            RETURN NEW;
        END $$;
        CREATE FUNCTION later_state() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.state = jsonb_set(NEW.state::jsonb, ARRAY['mood'], '"good"')::text;
            RETURN NEW;
        END $$;
        CREATE TRIGGER later_message BEFORE INSERT ON messages FOR EACH ROW
            WHEN (NEW.role = 'assistant' AND current_setting('application_name') = '{Name}') EXECUTE FUNCTION later_message();
        CREATE TRIGGER later_state BEFORE INSERT OR UPDATE ON chats FOR EACH ROW
            WHEN (NEW.state <> '' AND current_setting('application_name') = '{Name}') EXECUTE FUNCTION later_state();
        """);

    private sealed class Model : IModelClient
    {
        public async IAsyncEnumerable<ModelUpdate> StreamAsync(
            ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return new PartUpdate(new UnknownPart("audio", Part));
            foreach (var word in (string[])["said ", "by the ", "next version"])
            {
                await Task.Yield();
                yield return new PartUpdate(new TextPart(word));
            }

            yield return new EndUpdate(FinishReason.Stop);
        }
    }

    /// <summary>Seals, under the cluster's secret, what the next version would say.</summary>
    private sealed class Channel(INotificationChannel inner) : INotificationChannel
    {
        private readonly NotificationSeal _seal = Seals.Of(TimeProvider.System, Secret);

        public int MaxPayloadBytes => inner.MaxPayloadBytes;

        public Task PublishAsync(IReadOnlyList<string> payloads, CancellationToken cancellationToken) =>
            inner.PublishAsync([.. payloads.SelectMany(Change)], cancellationToken);

        public Task ListenAsync(INotificationListener listener, CancellationToken cancellationToken) =>
            inner.ListenAsync(listener, cancellationToken);

        private IEnumerable<string> Change(string payload)
        {
            if (NotificationSeal.IsProbe(payload))
            {
                return [payload];
            }

            // Another process of the cluster, to which nothing was shown before.
            using var seal = Seals.Of(TimeProvider.System, Secret);
            using var opened = seal.Open(payload, out _);
            var content = Encoding.UTF8.GetString(opened.Content).Replace(Stand, Part, StringComparison.Ordinal)
                .Replace("\"finish_reason\":\"stop\"", "\"finish_reason\":\"vanished\"", StringComparison.Ordinal);

            // Beside its own news it has some of another kind, and of another form.
            return
            [
                _seal.Seal("""{"format":9,"mood":"good"}""", SealedKind.News),
                _seal.Seal(content.Insert(1, "\"mood\":\"good\","), SealedKind.News),
                _seal.Seal(content, (SealedKind)9),
            ];
        }
    }
}
