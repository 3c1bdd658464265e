// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>Reads a <c>[[vm]]</c> section.</summary>
internal sealed partial class VmSection
{
    private const string Title = "[[vm]]";

    private const string Keys = "name, cpus, memory, kernel, initrd, cmdline, autostart, start_delay, on_crash, "
        + "weight, cap, reserve, pin, exclusive, tsc_khz";

    /// <summary>Keys that have a meaning of their own here: sections of a later version.</summary>
    private const string KnownKeys = Keys + ", disk, net";

    private const int MaximumName = 32;

    /// <summary>Linux's COMMAND_LINE_SIZE on x86 is 2048, its final zero included.</summary>
    private const int MaximumCommandLine = 2047;

    /// <summary>An hour, in seconds.</summary>
    private const int MaximumStartDelay = 3600;

    private const ulong MemoryUnit = 2UL << 20;
    private const ulong MaximumMemory = 256UL << 30;

    private readonly ConfigErrors _errors;
    private readonly TomlTable _table;
    private readonly ConfigEnvironment _environment;
    private readonly SectionReader _reader;
    private readonly VmConfig _config;

    public VmSection(ConfigErrors errors, TomlTable table, ConfigEnvironment environment)
    {
        _errors = errors;
        _table = table;
        _environment = environment;
        _reader = new SectionReader(errors, table, Title);
        _config = new VmConfig { Line = table.Line };
    }

    /// <summary>Where the name stands; null where it is missing or wrong.</summary>
    public TomlEntry? NameEntry { get; private set; }

    /// <summary>Where the size of its memory stands; null where it is missing or wrong.</summary>
    public TomlEntry? MemoryEntry { get; private set; }

    public VmConfig Read()
    {
        CheckKeys();
        ReadName();
        ReadMemory();
        ReadCommandLine();
        _config.AutoStart = _reader.ReadBoolean("autostart", true, out _);
        _config.StartDelay = _reader.ReadNumber("start_delay", 0, MaximumStartDelay, 0, out _);
        _config.OnCrash = (CrashAction)_reader.ReadChoice("on_crash", "stop, restart", (int)CrashAction.Stop);
        ReadFiles();
        ReadProcessors();
        return _config;
    }

    private void CheckKeys()
    {
        for (TomlEntry? entry = _table.First; entry != null; entry = entry.Next)
        {
            if (entry.Key is "disk" or "net")
            {
                ReportLater(entry);
            }
            else if (!NearestName.Contains(Keys, entry.Key))
            {
                TextBuilder text = new TextBuilder().Append("unknown key in ").Append(Title);
                SectionReader.AppendGuess(text, entry.Key, KnownKeys, Keys);
                _reader.Report(ConfigErrorKind.UnknownKey, entry, text.ToString());
            }
        }
    }

    /// <summary>Refuses disks and networks, each where it stands.</summary>
    private void ReportLater(TomlEntry entry)
    {
        bool isDisk = entry.Key == "disk";
        ConfigErrorKind kind = isDisk ? ConfigErrorKind.LaterDisk : ConfigErrorKind.LaterNetwork;
        string text = isDisk
            ? "disks come in a later version; now a guest has its kernel and initrd"
            : "networks come in a later version; leave the section out";
        if (entry.Value.Kind != TomlKind.Sections)
        {
            _reader.Report(kind, entry, text);
            return;
        }

        for (TomlValue? item = entry.Value.FirstItem; item != null; item = item.Next)
        {
            _errors.Add(kind, item.Line, 0, item.Source + ": " + text);
        }
    }

    private void ReadName()
    {
        _reader.Require("name", "name = \"linux\"");
        TomlEntry? entry = _reader.FindText("name", "name = \"linux\"");
        if (entry == null)
        {
            return;
        }

        if (!IsName(entry.Value.Text))
        {
            const string Allowed = "not a name; allowed: 1 to 32 letters, digits, - _ . with a letter or digit first";
            _reader.Report(ConfigErrorKind.BadName, entry, Allowed);
            return;
        }

        _config.Name = entry.Value.Text;
        NameEntry = entry;
    }

    private static bool IsName(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            bool plain = text[i] is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9');
            if (!plain && (i == 0 || text[i] is not ('-' or '_' or '.')))
            {
                return false;
            }
        }

        return text.Length is > 0 and <= MaximumName;
    }

    private void ReadMemory()
    {
        const string Allowed = "allowed: a whole number with K, M or G in quotes, such as \"256M\"";
        _reader.Require("memory", "memory = \"256M\"");
        TomlEntry? entry = _reader.Find("memory", TomlKind.String, "a size is expected; " + Allowed);
        if (entry == null)
        {
            return;
        }

        if (!SizeText.TryParse(entry.Value.Text, out ulong bytes))
        {
            _reader.Report(ConfigErrorKind.BadSize, entry, "not a size; " + Allowed);
        }
        else if (bytes is < MemoryUnit or > MaximumMemory)
        {
            _reader.Report(ConfigErrorKind.SizeOutOfRange, entry, "out of range; allowed: 2M to 256G");
        }
        else if (bytes % MemoryUnit != 0)
        {
            string below = SizeText.Format(bytes - (bytes % MemoryUnit));
            string text = "not a multiple of 2M; the nearest below is \"" + below + "\"";
            _reader.Report(ConfigErrorKind.SizeNotAligned, entry, text);
        }
        else
        {
            _config.Memory = bytes;
            MemoryEntry = entry;
            CheckHostMemory(entry);
        }
    }

    private void CheckHostMemory(TomlEntry entry)
    {
        if (_environment.GuestMemory != 0 && _config.Memory > _environment.GuestMemory)
        {
            string text = "this host can give its guests at most " + SizeText.Format(InUnits(_environment.GuestMemory));
            if (_config.Memory <= _environment.FreeMemory)
            {
                text += ": " + SizeText.Format(InUnits(_environment.FreeMemory))
                    + " are free, the rest of it in pieces below 2M or needed beside a guest";
            }

            _reader.Report(ConfigErrorKind.MemoryExceedsHost, entry, text);
        }
    }

    internal static ulong InUnits(ulong bytes) => bytes - (bytes % MemoryUnit);

    private void ReadCommandLine()
    {
        TomlEntry? entry = _reader.FindText("cmdline", "cmdline = \"console=ttyS0\"");
        if (entry == null)
        {
            return;
        }

        string text = entry.Value.Text;
        bool plain = true;
        for (int i = 0; i < text.Length; i++)
        {
            plain &= text[i] is >= ' ' and not '\x7f';
        }

        if (!plain || Utf8Text.ToBytes(text).Length > MaximumCommandLine)
        {
            const string Allowed = "not a command line; allowed: at most 2047 bytes without control characters";
            _reader.Report(ConfigErrorKind.BadCommandLine, entry, Allowed);
            return;
        }

        _config.CommandLine = text;
    }
}
