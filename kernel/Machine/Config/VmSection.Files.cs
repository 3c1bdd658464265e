// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>The files that a guest starts from.</summary>
internal sealed partial class VmSection
{
    /// <summary>An error lists at most so many of the files that are there.</summary>
    private const int MaximumListed = 8;

    private void ReadFiles()
    {
        _reader.Require("kernel", "kernel = \"vmlinuz\"");
        ulong total = 0;
        _config.Kernel = ReadFile("kernel", "kernel = \"vmlinuz\"", ref total) ?? "";
        _config.Initrd = ReadFile("initrd", "initrd = \"initrd.img\"", ref total);
        if (_config.Memory != 0 && total >= _config.Memory && _table.Find("memory") is { } entry)
        {
            TextBuilder text = new TextBuilder().Append("too little; kernel and initrd alone take ");
            _ = text.Append(SizeText.Format((total + 0xfffff) & ~0xfffffUL));
            _reader.Report(ConfigErrorKind.FilesExceedMemory, entry, text.ToString());
        }
    }

    /// <summary>Checks a key that names a file and adds up the lengths; null where it is absent or wrong.</summary>
    private string? ReadFile(string key, string example, ref ulong total)
    {
        TomlEntry? entry = _reader.FindText(key, example);
        if (entry == null)
        {
            return null;
        }

        string name = entry.Value.Text;
        if (!IsFileName(name))
        {
            const string Allowed = "not a file name; allowed: the bare name of a file beside the configuration";
            _reader.Report(ConfigErrorKind.BadFileName, entry, Allowed);
            return null;
        }

        for (int i = 0; i < _environment.Files.Length; i++)
        {
            ConfigFile file = _environment.Files[i];
            if (file.Name == name)
            {
                total += file.Length;
                if (file.Length == 0)
                {
                    _reader.Report(ConfigErrorKind.FileEmpty, entry, "the file is empty");
                }

                return name;
            }
        }

        ReportMissing(entry);
        return null;
    }

    private void ReportMissing(TomlEntry entry)
    {
        TextBuilder text = new TextBuilder().Append("no such file beside the configuration");
        ConfigFile[] files = _environment.Files;
        if (files.Length == 0)
        {
            _ = text.Append("; there are none");
        }

        for (int i = 0; i < files.Length && i < MaximumListed; i++)
        {
            _ = text.Append(i == 0 ? "; there are: " : ", ").Append(files[i].Name);
        }

        if (files.Length > MaximumListed)
        {
            _ = text.Append(" and ").Append(files.Length - MaximumListed).Append(" more");
        }

        _reader.Report(ConfigErrorKind.FileMissing, entry, text.ToString());
    }

    private static bool IsFileName(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] is '/' or '\\' or < ' ' or '\x7f' or '"')
            {
                return false;
            }
        }

        return name.Length is > 0 and <= 255 && name != "." && name != "..";
    }
}
