/**
 * `upsample.py`, the program that is uploaded with a run that enhances prompts. The class, its
 * constructor and `_prompt_upsample_with_offload` are those of nvidia-cosmos/cosmos-transfer1
 * (June 2026). Python 3.9 and newer; no package but the model's own.
 */
export const upsampleScript = `"""Enhances prompts with the Pixtral upsampler of Cosmos-Transfer1.

The request is {"prompts": [{"id", "text", "video"}, ...]}; paths start from the working folder.
The result is {"results": [{"id", "text"} or {"id", "error"}, ...]} in the same order. It is
written anew after every prompt, so that one failure costs no other prompt its text. A prompt with
a "result" gets a result file of its own there as well. The model is loaded once. Ends with 1 when
a prompt has failed.
"""

import argparse
import json
import os
import sys
import traceback

# What torchrun leaves to its children: with it vLLM would wait for processes that do not exist.
TORCHRUN = {
    *("RANK", "LOCAL_RANK", "GROUP_RANK", "ROLE_RANK", "ROLE_NAME", "MASTER_ADDR", "MASTER_PORT"),
    *("WORLD_SIZE", "LOCAL_WORLD_SIZE", "GROUP_WORLD_SIZE", "ROLE_WORLD_SIZE"),
}


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--request", required=True)
    parser.add_argument("--result", required=True)
    parser.add_argument("--checkpoint_dir", required=True)
    args = parser.parse_args()
    with open(args.request, encoding="utf-8") as file:
        prompts = json.load(file)["prompts"]
    prepare_environment()

    # Imported late: vLLM reads the environment while it is imported.
    fix_registration()
    from cosmos_transfer1.auxiliary.upsampler.model.upsampler import PixtralPromptUpsampler

    # Without offloading the model is loaded here, once, and stays.
    upsampler = PixtralPromptUpsampler(args.checkpoint_dir, offload_prompt_upsampler=False)
    results = []
    for number, prompt in enumerate(prompts, 1):
        print(f"Enhancing prompt {number} of {len(prompts)}: {prompt['id']}", flush=True)
        results.append(enhance(upsampler, prompt))
        if "result" in prompt:
            write_result(prompt["result"], results[-1:])
            print(f"Saved {prompt['result']}", flush=True)
        write_result(args.result, results)
    failed = sum("error" in result for result in results)
    print(f"Enhanced {len(results) - failed} of {len(prompts)} prompts", flush=True)
    return 1 if failed else 0


def prepare_environment():
    # A forked process cannot use CUDA again.
    os.environ["VLLM_WORKER_MULTIPROC_METHOD"] = "spawn"
    for name in list(os.environ):
        if name in TORCHRUN or name.startswith("TORCHELASTIC_"):
            del os.environ[name]


def fix_registration():
    # As transfer.py does, before anything loads vLLM, which else registers \`aimv2\` a second time.
    try:
        import cosmos_transfer1.utils.fix_vllm_registration  # noqa: F401
    except ModuleNotFoundError as error:
        # Checkouts from before it came have a vLLM that does not need it.
        if not (error.name or "").startswith("cosmos_transfer1.utils"):
            raise


def enhance(upsampler, prompt):
    try:
        text = upsampler._prompt_upsample_with_offload(prompt["text"], prompt["video"])
        if not isinstance(text, str):
            raise TypeError(f"the upsampler gave {type(text).__name__}, not a text")
        return {"id": prompt["id"], "text": text}
    except Exception as error:
        traceback.print_exc()
        return {"id": prompt["id"], "error": f"{type(error).__name__}: {error}"}


def write_result(path, results):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    temporary = f"{path}.part"
    with open(temporary, "w", encoding="utf-8") as file:
        # ASCII alone: half of a surrogate pair would not fit into UTF-8.
        json.dump({"results": results}, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


# vLLM's workers import this file again; they must not begin anew.
if __name__ == "__main__":
    sys.exit(main())
`;
