/** GPU memory of Cosmos-Transfer1. NVIDIA states none; these are the cards that it names, and users' reports. */
import {countControls, type MemoryNeed, type MemoryUse, weightsOf} from './gpu-memory.js';

/** The examples of nvidia-cosmos/cosmos-transfer1, with up to four controls, on cards of 80 GB. */
export const testedCard: MemoryNeed = {
	gibibytes: 79,
	by: 'reported',
	source: 'cosmos-transfer1 issues 4 and 7: tested on H100 and A100',
};

/** All offloaded, 48 GB and 60 GB of free memory were too little (issues 143 and 189). */
const leastReported = 57;
/** Of the four controls of the examples. */
const mostControls = 4;
/** A control's branch is 3 of the 28 blocks of 7 billion parameters. */
const branch = weightsOf((7 * 3) / 28);
const textEncoder = weightsOf(4.8);
const guardrail = weightsOf(8);

/** The transformer is offloaded only while it does not sample, so that saves nothing at the peak. */
export function transfer1Memory({settings}: MemoryUse): MemoryNeed {
	const {offloadTextEncoder, offloadGuardrails} = settings;
	if (!offloadTextEncoder && !offloadGuardrails) {
		return testedCard;
	}

	const less = (offloadTextEncoder ? textEncoder : 0) + (offloadGuardrails ? guardrail : 0);
	const fewer = (mostControls - Math.max(1, countControls(settings))) * branch;
	return {
		gibibytes: Math.max(leastReported, testedCard.gibibytes - less - fewer),
		by: 'reckoned',
		source: 'the weights of T5 (4.8 billion) and Llama Guard (8 billion); issues 143 and 189',
	};
}

/** The upsampler's 12 billion parameters, and what vLLM needs for the answer. */
export const enhanceMemory: MemoryNeed = {
	gibibytes: weightsOf(12) + 4,
	by: 'reckoned',
	source: 'the weights of Pixtral (12 billion)',
};
